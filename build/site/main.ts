import { buildSite, runInSite } from './build-site.js'

// npm run docs: builds the site into dist/site/pages. `npm run docs -- --serve` shows it too.

const folder = 'dist/site'
try {
  buildSite(folder)
  console.log(`The site is in ${folder}/pages.`)
  if (process.argv.includes('--serve')) runInSite(folder, 'vitepress', 'preview', '--host', '127.0.0.1')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
