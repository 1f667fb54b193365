import type { Page } from 'playwright-core'

interface TreeNode {
  readonly nodeId: string
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
  readonly description?: { readonly value: string }
  readonly childIds?: readonly string[]
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[]
}

/** What a screen reader is told of errors: alerts with their text, and invalid controls with name and description. */
export interface ToldErrors {
  readonly alerts: readonly string[]
  readonly invalid: readonly string[]
}

export async function errorsInTree(page: Page): Promise<ToldErrors> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as { nodes: TreeNode[] }
  await session.detach()
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const textOf = (node: TreeNode): string[] =>
    node.role?.value === 'StaticText'
      ? [node.name?.value ?? '']
      : (node.childIds ?? []).flatMap((id) => textOf(byId.get(id)!))
  const isInvalid = ({ properties = [] }: TreeNode) =>
    properties.some(({ name, value }) => name === 'invalid' && value.value === 'true')
  return {
    alerts: nodes.filter(({ role }) => role?.value === 'alert').map((node) => textOf(node).join(' ').trim()),
    invalid: nodes.filter(isInvalid).map(({ name, description }) => `${name?.value}: ${description?.value}`),
  }
}
