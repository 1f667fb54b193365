import { countRuns } from '../../notes.js'

export function GET() {
  return new Response(String(countRuns()))
}
