import { find } from './element.js'
import { type Submission, textOf } from './submission.js'

/**
 * Shows the templates of a form, filled with what is sent: those in it, and those that name its id. Returns what was
 * added.
 */
export const showOptimistic = ({ form, data }: Submission): Element[] => {
  return find([document.body], 'template[data-optimistic]').flatMap((template) => {
    if (!form.contains(template) && template.dataset.optimistic !== form.getAttribute('id')) return []
    const copy = (template as HTMLTemplateElement).content.cloneNode(true) as DocumentFragment
    const added = [...copy.children]
    template.before(...added)
    for (const slot of find(added, '[data-value]')) slot.textContent = textOf(data, slot.dataset.value!)
    return added
  })
}
