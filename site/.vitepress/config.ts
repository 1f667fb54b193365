import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { guideGroups } from '../../build/site/guide-groups.js'
import { headingAnchor } from '../../build/site/heading-anchor.js'
import { headingOf, markdownIn } from '../../build/site/stage-pages.js'
import { adaptMarkdown } from './markdown.js'
import { searchOptions } from './search.js'

// What VitePress makes of the pages that `npm run docs` has copied into dist/site/source. It checks that no link between
// them is dead.

/** Where `build/site/build-site.ts` has put the pages. */
const site = process.env.SEALFORM_SITE ?? fileURLToPath(new URL('../../dist/site', import.meta.url))
const repository = 'https://github.com/sealform/sealform'

export default defineConfig({
  title: 'Sealform',
  description: 'Server actions for plain Node servers: forms that work without JavaScript.',
  lang: 'en',
  srcDir: `${site}/source`,
  outDir: `${site}/pages`,
  cacheDir: `${site}/cache`,
  // A page is a file with its own name, so that the site works from any static server, under any path.
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: '/seal.svg', type: 'image/svg+xml' }]],
  // The switch of the browser or of the page, whichever was set last.
  appearance: true,
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    anchor: { slugify: headingAnchor },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { ejs: 'html', eta: 'html', nunjucks: 'jinja', conf: 'ini' },
    attrs: { disable: true },
    config: adaptMarkdown,
  },
  vite: { logLevel: 'warn', build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    logo: { src: '/seal.svg', alt: '' },
    nav: [
      { text: 'Guide', link: '/guide/', activeMatch: '^/guide/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Tour', link: '/tour' },
      { text: 'Errors', link: '/errors/', activeMatch: '^/errors/' },
      { text: 'Decisions', link: '/decisions/', activeMatch: '^/decisions/' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: {
      '/api/': [{ text: 'API', link: '/api/', items: apiSidebar() }],
      '/errors/': [{ text: 'Errors', link: '/errors/', items: pagesIn('errors') }],
      '/decisions/': [{ text: 'Decisions', link: '/decisions/', items: pagesIn('decisions') }],
      '/': guideSidebar(),
    },
    outline: { level: [2, 3], label: 'On this page' },
    // Two names for one thing would be read out. The keys stand in the text, and not beside it.
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        miniSearch: { searchOptions },
        translations: { button: { buttonText: 'Search (Ctrl K)', buttonAriaLabel: 'Search (Ctrl K)' } },
      },
    },
    socialLinks: [{ icon: 'github', link: repository, ariaLabel: 'Source code on GitHub' }],
    darkModeSwitchLabel: 'Dark colours',
    externalLinkIcon: true,
    docFooter: { prev: 'Previous page', next: 'Next page' },
    footer: { message: 'MIT licence. This site has no cookies and no tracking.' },
  },
})

function guideSidebar(): DefaultTheme.SidebarItem[] {
  const groups = guideGroups(fileURLToPath(new URL('../../docs/README.md', import.meta.url)))
  return groups.map(({ name, pages }) => ({
    text: name,
    items: pages.map(({ title, path }) => ({ text: title, link: `/${path}` })),
  }))
}

function pagesIn(folder: string): DefaultTheme.SidebarItem[] {
  const docs = fileURLToPath(new URL(`../../docs/${folder}`, import.meta.url))
  return markdownIn(docs)
    .filter((path) => !path.endsWith('README.md'))
    .map((path) => ({ text: headingOf(path), link: `/${folder}/${path.split('/').at(-1)}` }))
}

/**
 * The modules, each to be opened; what is in them stands open. A kind such as "Functions" has no page, and VitePress would make of
 * it a button with a button inside.
 */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const path = `${site}/source/api/typedoc-sidebar.json`
  if (!existsSync(path)) return []
  const modules: DefaultTheme.SidebarItem[] = JSON.parse(readFileSync(path, 'utf8'))
  return modules.map(openKinds)
}

function openKinds({ items, collapsed, ...item }: DefaultTheme.SidebarItem): DefaultTheme.SidebarItem {
  const isModule = item.link !== undefined && items !== undefined
  return { ...item, ...(isModule && { collapsed }), ...(items && { items: items.map(openKinds) }) }
}
