import { countRuns } from '../../notes.js'

export const dynamic = 'force-dynamic'

export function GET() {
  return new Response(String(countRuns()))
}
