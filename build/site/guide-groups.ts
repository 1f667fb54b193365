import { readFileSync } from 'node:fs'

/** A page of the guide, as `docs/README.md` lists it. */
export interface GuidePage {
  readonly title: string
  /** Its path in `docs`, such as `guide/forms.md`. */
  readonly path: string
  /** What it is about, in Markdown. */
  readonly about: string
}

export interface GuideGroup {
  readonly name: string
  readonly pages: readonly GuidePage[]
}

/**
 * Reads the groups of the guide from `docs/README.md`, which is the only list of its pages: a heading for each group, and below
 * it an item for each page.
 *
 * @throws Error that names the line, when an item is written otherwise
 */
export function guideGroups(index = 'docs/README.md'): readonly GuideGroup[] {
  const groups: { name: string; pages: GuidePage[] }[] = []
  for (const [i, line] of readFileSync(index, 'utf8').split('\n').entries()) {
    const [, name] = /^## (.+)$/.exec(line) ?? []
    if (name !== undefined) groups.push({ name, pages: [] })
    if (!line.startsWith('- ')) continue
    const [, title, path, about] = /^- \[(.+?)\]\((guide\/[\w-]+\.md)\): (.+)$/.exec(line) ?? []
    if (title === undefined || path === undefined || about === undefined) {
      throw new Error(`${index}:${i + 1}: write "- [title](guide/page.md): what it is about".`)
    }
    groups.at(-1)?.pages.push({ title, path, about })
  }
  return groups
}
