import type { Theme } from 'vitepress'
// Without its fonts: pages load nothing from elsewhere, and show the fonts of the tour.
import DefaultTheme from 'vitepress/theme-without-fonts'
import { onMounted } from 'vue'
import Front from './front.js'
import { mendSearchRoles } from './search-roles.js'
import './style.css'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component('front', Front),
  setup: () => onMounted(mendSearchRoles),
} satisfies Theme
