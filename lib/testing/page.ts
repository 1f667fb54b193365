import {
  attribute,
  type Element,
  HtmlDocument,
  hasAttribute,
  outerHtml,
  readableText,
  textContent,
} from './document.js'
import { FormOnPage } from './form.js'
import type { FormPlace } from './form-submission.js'
import type { Loaded, Navigation, Redirection } from './navigation.js'
import { policyOfElement, policyOfPage } from './referrer-policy.js'
import { listed, refuse } from './refuse.js'
import { select } from './selector.js'
import { decodePage, pageEncoding } from './text-encoding.js'

/** What a page needs from its browser. */
export interface Tab {
  open(navigation: Navigation, previous: TestPage | undefined): Promise<TestPage>
  cookies(url: URL): ReadonlyMap<string, string>
}

/** Where a page is shown, and the page that was shown there before. */
interface PageHistory {
  readonly tab: Tab
  readonly previous: TestPage | undefined
}

/** A link that can be followed. */
export interface TestLink {
  readonly text: string
  /** Where it leads. */
  readonly url: string
  click(): Promise<TestPage>
}

/** A form on a page, to be filled in as a person would; submitting it gives the next page. */
export type TestForm = FormOnPage<TestPage>

/** The page of an answer, as a browser without JavaScript shows it. */
export class TestPage {
  /** The status of the last answer, after all redirects. */
  readonly status: number
  /** Headers by their names in lower case. Lines of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  /** As the server sent it. */
  readonly html: string
  /** The redirects that led here, in order. */
  readonly redirects: readonly Redirection[]
  /** Set when the answer is a redirect to another site, to which nothing is sent. */
  readonly location: string | undefined
  readonly #loaded: Loaded
  readonly #url: URL
  readonly #document: HtmlDocument
  readonly #place: FormPlace
  readonly #tab: Tab
  readonly #previous: TestPage | undefined
  readonly #forms = new Map<Element, TestForm>()

  constructor(loaded: Loaded, { tab, previous }: PageHistory, url = loaded.request.url) {
    const { status, headers, body } = loaded.answer
    const type = headers['content-type'] ?? ''
    const encoding = pageEncoding(type, body)
    this.status = status
    this.headers = headers
    this.html = decodePage(encoding, body)
    this.redirects = loaded.redirects
    this.location = loaded.onward?.href
    this.#loaded = loaded
    this.#url = url
    this.#document = new HtmlDocument(isHtml.test(type) ? this.html : '')
    const base = this.#document.byTag('base').find((element) => hasAttribute(element, 'href'))
    this.#place = {
      url,
      base: new URL((base && attribute(base, 'href')) ?? '', url),
      encoding,
      policy: policyOfPage(this.#document, headers['referrer-policy']),
    }
    this.#tab = tab
    this.#previous = previous
  }

  get url(): string {
    return this.#url.href
  }

  /** Path, query string and fragment: `url` without the origin, which has the port of the server. */
  get path(): string {
    return this.url.slice(this.#url.origin.length)
  }

  get title(): string {
    const [title] = this.#document.byTag('title')
    return title ? textContent(title).replace(/\s+/g, ' ').trim() : ''
  }

  /** The text that a reader sees, white space collapsed; of anything but HTML, all of it. */
  get text(): string {
    if (!isHtml.test(this.headers['content-type'] ?? '')) return this.html
    const [body] = this.#document.byTag('body')
    return body ? readableText(body) : ''
  }

  /** The cookies that the browser has now for this page, by name, decoded. */
  get cookies(): ReadonlyMap<string, string> {
    return this.#tab.cookies(this.#url)
  }

  /** All forms, in order. */
  get forms(): readonly TestForm[] {
    return this.#document.byTag('form').map((element) => this.#formOf(element))
  }

  /**
   * Finds a form.
   *
   * @param name its id, or the name of its action
   * @param key the `key` that the page gave it, which tells several forms of one action apart
   * @throws SealformError `ERR_BROWSER_REFUSED` when there is none, or there are several
   */
  form(name: string, key?: string | number): TestForm {
    const wanted = key === undefined ? name : `${name}-${encodeURIComponent(key)}`
    const forms = this.#document.byTag('form')
    const exact = forms.find((form) => attribute(form, 'id') === wanted)
    if (exact) return this.#formOf(exact)
    const ids = forms.map((form) => attribute(form, 'id') ?? '')
    const near = key === undefined ? forms.filter((_, i) => ids[i]!.startsWith(`${name}-`)) : []
    if (near[0] && near.length === 1) return this.#formOf(near[0])
    if (near.length > 1) {
      const some = near.map((form) => attribute(form, 'id') ?? '')
      refuse(
        `The page has ${near.length} forms of "${name}": ${listed(some)}. Give the id, or the key as a second argument.`,
      )
    }
    const others = ids.map((id) => id || '(without id)')
    return refuse(
      `${this.#described()} has no form "${wanted}". It has: ${listed(others, 'no form at all')}.`,
    )
  }

  /**
   * Finds a link by the text on it, or by its address as it stands in the page.
   *
   * @throws SealformError `ERR_BROWSER_REFUSED` when there is none
   */
  link(text: string): TestLink {
    const links = [...this.#document.byTag('a'), ...this.#document.byTag('area')].filter((link) =>
      hasAttribute(link, 'href'),
    )
    const found =
      links.find((link) => linkText(link) === text) ?? links.find((link) => attribute(link, 'href') === text)
    if (!found) refuse(`${this.#described()} has no link "${text}". It has: ${listed(links.map(linkText))}.`)
    const href = attribute(found, 'href') ?? ''
    if (!URL.canParse(href, this.#place.base.href))
      refuse(`The link "${text}" leads to no URL: ${JSON.stringify(href)}`)
    const url = new URL(href, this.#place.base)
    return { text: linkText(found), url: url.href, click: () => this.#follow(found, url) }
  }

  /** Clicks a link, as `link(text).click()`. */
  async follow(text: string): Promise<TestPage> {
    return this.link(text).click()
  }

  /**
   * Asks for the page again. If it answered a POST, sends the form again, as a browser does when the visitor agrees.
   */
  async reload(): Promise<TestPage> {
    return this.#tab.open({ ...this.#loaded.request, url: this.#url, reload: true }, this.#previous)
  }

  /**
   * Goes back to the page before this one, as the visitor left it, with what was filled in. Sends no request.
   *
   * @throws SealformError `ERR_BROWSER_REFUSED` when this is the first
   */
  async back(): Promise<TestPage> {
    return this.#previous ?? refuse('There is no page before this one.')
  }

  /** Whether a reader finds this text; white space counts as one space. */
  has(text: string): boolean {
    return this.text.includes(text.replace(/\s+/g, ' ').trim())
  }

  /**
   * Gives the texts that a reader sees in the elements that a selector finds.
   *
   * @param selector tags, `.class`, `#id` and `[attribute="value"]`, and what is in (` `) or directly in (`>`) another
   * @throws SealformError `ERR_OPTION_INVALID` on any other selector
   */
  texts(selector: string): readonly string[] {
    return this.elements(selector).map(({ text }) => text)
  }

  /** Gives the elements that a selector finds, in order. @param selector as in `texts()` */
  elements(selector: string): readonly TestElement[] {
    return select(this.#document, selector).map((element) => new TestElement(element))
  }

  /** Finds an element by its id, which may hold dots; `undefined` when there is none. */
  element(id: string): TestElement | undefined {
    const found = this.#document.byId(id)
    return found && new TestElement(found)
  }

  #formOf(element: Element): TestForm {
    const known = this.#forms.get(element)
    if (known) return known
    const form = new FormOnPage<TestPage>(element, this.#document, {
      place: this.#place,
      open: (navigation) => this.#tab.open(navigation, this),
    })
    this.#forms.set(element, form)
    return form
  }

  async #follow(link: Element, url: URL): Promise<TestPage> {
    if (url.origin !== this.#url.origin) {
      refuse(
        `The link leads to ${url.href}, which is another site than ${this.#url.origin}; nothing is sent there.`,
      )
    }
    const [own, other] = [this.#url, url].map(({ href, hash }) => href.slice(0, href.length - hash.length))
    if (url.hash !== '' && own === other) {
      return new TestPage(this.#loaded, { tab: this.#tab, previous: this }, url)
    }
    const from = { url: this.#url, policy: policyOfElement(link, this.#place.policy) }
    return this.#tab.open({ method: 'GET', url, body: undefined, from, reload: false }, this)
  }

  #described(): string {
    if (this.location !== undefined) return `The answer is a redirect to another site, ${this.location}, and`
    return `The page ${this.path} (${this.status}${this.title === '' ? '' : `, "${this.title}"`})`
  }
}

/** An element of a page, to look at. */
export class TestElement {
  /** Its name, in lower case. */
  readonly tag: string
  readonly #element: Element

  constructor(element: Element) {
    this.tag = element.tagName
    this.#element = element
  }

  /** The text that a reader sees in it. */
  get text(): string {
    return readableText(this.#element)
  }

  /** The HTML as the parser understood it. */
  get html(): string {
    return outerHtml(this.#element)
  }

  get attributes(): ReadonlyMap<string, string> {
    return new Map(this.#element.attrs.map(({ name, value }) => [name, value]))
  }
}

const isHtml = /^(?:text\/html|application\/xhtml\+xml)\b/i

function linkText(link: Element): string {
  const images = link.childNodes.flatMap((node) =>
    'tagName' in node && node.tagName === 'img' ? [attribute(node, 'alt') ?? ''] : [],
  )
  return (
    readableText(link) ||
    images.join(' ').trim() ||
    (attribute(link, 'aria-label') ?? attribute(link, 'alt') ?? '')
  )
}
