/** Texts differ by action and path, which an app has few of. Visitors can make up paths. */
const mostTexts = 500

const said = new Set<string>()

/** Writes advice for the developer to the console, once in a process for each text. For development only. */
export function adviseOnce(text: string): void {
  if (said.has(text) || said.size === mostTexts) return
  said.add(text)
  console.warn(`sealform: ${text}`)
}
