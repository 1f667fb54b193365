import { Content } from 'vitepress'
import { defineComponent, h } from 'vue'

/** The layout of the front page: one column, all of it in `main`, where screen readers look for it. */
export default defineComponent({
  name: 'Front',
  setup: () => () => h('main', { class: 'front vp-doc' }, [h(Content)]),
})
