const special = /[&<>"']/

/** Escapes text for HTML content and for quoted attribute values (HTML Standard, sections 13.1.2 and 13.1.3). */
export function escapeHtml(text: string): string {
  const first = text.search(special)
  if (first === -1) return text
  let escaped = text.slice(0, first)
  for (let i = first; i < text.length; i++) {
    const character = text[i]!
    escaped += replacements[character] ?? character
  }
  return escaped
}

const replacements: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
})
