import { countRuns } from '../../notes.js'

export function loader() {
  return new Response(String(countRuns()))
}
