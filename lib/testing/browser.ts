import { parseCookie, stringifySetCookie } from 'cookie'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { normaliseOrigin } from '../origin/allowed-origins.js'
import { CookieJar } from './cookie-jar.js'
import { type Connection, load, type Navigation } from './navigation.js'
import { type Tab, TestPage } from './page.js'
import { refuse } from './refuse.js'
import { addressOf, type Target } from './target.js'

/** What `createBrowser()` and `visit()` take. */
export interface BrowserOptions {
  /**
   * The origin that the browser visits, such as `'https://shop.example'`. Requests then carry its `Host`, and
   * `X-Forwarded-Proto`, as a proxy sends them. The app must trust proxies.
   * @default the address of the server, on the loopback interface
   */
  readonly origin?: string
  /** Headers of every request. They replace the browser's own of that name. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** Cookies that the browser has from the start, for all paths. @default none */
  readonly cookies?: Readonly<Record<string, string>>
}

/** A browser with its cookies. */
export class TestBrowser {
  readonly #connection: () => Promise<Connection>
  readonly #jar = new CookieJar()
  #early: string[] = []
  #url: URL | undefined

  constructor(target: Target, options: BrowserOptions) {
    checkOptions('createBrowser()', options, ['origin', 'headers', 'cookies'])
    const origin = normaliseOrigin(options.origin)
    for (const [name, value] of Object.entries(options.cookies ?? {})) {
      this.#early.push(stringifySetCookie(name, value, { path: '/' }))
    }
    let connection: Promise<Connection> | undefined
    this.#connection = () => {
      connection ??= addressOf(target).then((address) => ({
        address,
        origin: origin ?? address.origin,
        jar: this.#jar,
        headers: options.headers ?? {},
      }))
      return connection
    }
  }

  /**
   * Opens a page, as if its address had been typed.
   *
   * @param path with its query string, or a whole URL of the same site
   * @throws SealformError `ERR_BROWSER_REFUSED` for another site, and after 20 redirects
   */
  async visit(path: string): Promise<TestPage> {
    const connection = await this.#connection()
    this.#url ??= new URL(connection.origin)
    this.#jar.store(this.#early.splice(0), this.#url)
    if (!URL.canParse(path, connection.origin)) refuse(`${JSON.stringify(path)} is not a path.`)
    const url = new URL(path, this.#url)
    if (url.origin !== connection.origin) {
      refuse(`${url.href} is another site than ${connection.origin}; nothing is sent there.`)
    }
    return this.#open(
      connection,
      { method: 'GET', url, body: undefined, from: undefined, reload: false },
      undefined,
    )
  }

  /** Gives the browser a cookie, written as a `Set-Cookie` line: `sid=1; Path=/admin`. */
  setCookie(line: string): void {
    if (typeof line !== 'string' || !line.includes('=')) {
      throw new SealformError('ERR_OPTION_INVALID', 'setCookie() takes a line such as "name=value; Path=/".')
    }
    if (this.#url) this.#jar.store([line], this.#url)
    else this.#early.push(line)
  }

  async #open(
    connection: Connection,
    navigation: Navigation,
    previous: TestPage | undefined,
  ): Promise<TestPage> {
    const loaded = await load(connection, navigation)
    const tab: Tab = {
      open: (next, from) => this.#open(connection, next, from),
      cookies: (url) =>
        new Map(
          Object.entries(parseCookie(this.#jar.header(url) ?? '')).map(([name, value]) => [
            name,
            value ?? '',
          ]),
        ),
    }
    return new TestPage(loaded, { tab, previous })
  }
}
