import type { Theme } from 'vitepress'
// Without its fonts: pages load nothing from elsewhere, and show the fonts of the tour.
import DefaultTheme from 'vitepress/theme-without-fonts'
import Front from './front.js'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('front', Front),
} satisfies Theme
