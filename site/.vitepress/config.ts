import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { guideGroups } from '../../build/site/guide-groups.js'
import { headingAnchor } from '../../build/site/heading-anchor.js'
import { headingOf, markdownIn } from '../../build/site/stage-pages.js'

// What VitePress makes of the pages that `npm run docs` has copied into dist/site/source. It checks that no link between
// them is dead.

const site = fileURLToPath(new URL('../../dist/site/', import.meta.url))
const repository = 'https://github.com/sealform/sealform'

export default defineConfig({
  title: 'Sealform',
  description: 'Server actions for plain Node servers: forms that work without JavaScript.',
  lang: 'en',
  srcDir: `${site}source`,
  outDir: `${site}pages`,
  cacheDir: `${site}cache`,
  // A page is a file with its own name, so that the site works from any static server, under any path.
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: '/seal.svg', type: 'image/svg+xml' }]],
  markdown: {
    anchor: { slugify: headingAnchor },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { ejs: 'html', eta: 'html', nunjucks: 'jinja', conf: 'ini' },
    attrs: { disable: true },
    // Text is text: braces in a sentence or a word of code are no code of Vue.
    config({ renderer: { rules } }) {
      for (const name of ['text', 'code_inline'] as const) {
        const print = rules[name]
        rules[name] = (...args) => (print?.(...args) ?? '').replaceAll('{{', '&#123;&#123;')
      }
    },
  },
  vite: { logLevel: 'warn', build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    logo: { src: '/seal.svg', alt: '' },
    nav: [
      { text: 'Guide', link: '/guide/', activeMatch: '^/guide/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
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
    search: { provider: 'local' },
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
    collapsed: false,
    items: pages.map(({ title, path }) => ({ text: title, link: `/${path}` })),
  }))
}

function pagesIn(folder: string): DefaultTheme.SidebarItem[] {
  const docs = fileURLToPath(new URL(`../../docs/${folder}`, import.meta.url))
  return markdownIn(docs)
    .filter((path) => !path.endsWith('README.md'))
    .map((path) => ({ text: headingOf(path), link: `/${folder}/${path.split('/').at(-1)}` }))
}

function apiSidebar(): DefaultTheme.SidebarItem[] {
  const path = `${site}source/api/typedoc-sidebar.json`
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}
