import type { KoaContext } from './koa-response.js'
import type { PageTools } from './page-tools.js'

/** The property of a context that holds what makes its forms. */
const toolsKey = Symbol('sealform')

type ToolContext = KoaContext & Partial<PageTools> & { [toolsKey]?: PageTools }

/** The prototypes that the contexts of an app share, which have the getters. */
const prepared = new WeakSet<object>()

/**
 * Gives `form`, `forms` and `region` to a context. They are getters of the prototype that Koa makes for the contexts of an app, so
 * that `forms` is made for pages that read it, and not for each request: 2 µs of a page that is shown again.
 */
export function addTools(ctx: ToolContext, tools: PageTools): void {
  ctx[toolsKey] = tools
  const shared: object | null = Object.getPrototypeOf(ctx)
  if (shared === null || shared !== ctx.app.context) {
    // Something else than Koa has made this context.
    const { form, forms, region } = tools
    Object.assign(ctx, { form, forms, region })
  } else if (!prepared.has(shared)) {
    prepared.add(shared)
    Object.defineProperties(shared, getters)
  }
}

const getters = { form: getterOf('form'), forms: getterOf('forms'), region: getterOf('region') }

/** A value that is set on a context takes the place of the tool, as it does with a property. */
function getterOf(name: keyof PageTools): PropertyDescriptor & ThisType<ToolContext> {
  return {
    configurable: true,
    enumerable: true,
    get() {
      return this[toolsKey]?.[name]
    },
    set(value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true })
    },
  }
}
