/** An app of the comparison. Its sources stand in `peers/<id>/`. */
export interface Peer {
  readonly id: string
  readonly name: string
  /** Packages that its server needs, with exact versions. `sealform` is the package of this repository. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Packages that only its build needs, by the framework's own template. */
  readonly devDependencies?: Readonly<Record<string, string>>
  /** Program and arguments of the build, in `node_modules/.bin`. */
  readonly build?: readonly string[]
  /** Arguments of node. */
  start(port: number): readonly string[]
  /** Its build has to know the origin, so its server has this port. */
  readonly port?: number
  env?(port: number): Readonly<Record<string, string>>
  /** A form of it can be sent once, so load needs a new one for each request. */
  readonly oneTime?: true
  /** The pages of its documentation that the app follows. */
  readonly pages: readonly string[]
  /** Where the app leaves those pages, or what a reader has to know about it. */
  readonly remark: string
}

const server = () => ['server.js']

export const peers: readonly Peer[] = [
  {
    id: 'sealform',
    name: 'Sealform on Koa',
    dependencies: { sealform: 'this repository', koa: '3.3.0', '@koa/router': '15.7.0' },
    start: server,
    oneTime: true,
    pages: ['forms.md', 'one-time.md', 'uploads.md'],
    remark: 'Both actions have `once: true`, which is not the default. The page has no script.',
  },
  {
    id: 'koa',
    name: 'Koa and packages',
    dependencies: {
      koa: '3.3.0',
      '@koa/router': '15.7.0',
      'koa-body': '8.0.1',
      'koa-csrf': '5.0.1',
      'koa-session': '7.0.2',
    },
    start: server,
    pages: [
      'https://github.com/koajs/koa-body',
      'https://github.com/koajs/csrf',
      'https://github.com/koajs/session',
    ],
    remark:
      'koa-session keeps the session in the cookie, which is its default. The app gives the input back itself.',
  },
  {
    id: 'express',
    name: 'Express and packages',
    dependencies: {
      'connect-flash': '0.1.1',
      'cookie-parser': '1.4.7',
      'csrf-csrf': '4.0.3',
      express: '5.3.0',
      'express-session': '1.19.0',
      multer: '2.5.0',
    },
    start: server,
    pages: [
      'https://github.com/Psifi-Solutions/csrf-csrf',
      'https://github.com/expressjs/session',
      'https://github.com/expressjs/multer',
    ],
    remark:
      'express-session keeps sessions in memory, which is its default; with a shared store they survive a restart. The app gives the input back itself.',
  },
  {
    id: 'next',
    name: 'Next.js',
    dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
    build: ['next', 'build'],
    start: (port) => [
      'node_modules/next/dist/bin/next',
      'start',
      '--hostname',
      '127.0.0.1',
      '--port',
      `${port}`,
    ],
    env: () => ({ NEXT_TELEMETRY_DISABLED: '1' }),
    pages: [
      'https://nextjs.org/docs/app/guides/forms',
      'https://nextjs.org/docs/app/api-reference/config/next-config-js/serverActions',
    ],
    remark:
      'The page is rendered for each request, as the others are. The action returns the values, and the form shows them by `defaultValue`; the guide shows the messages only.',
  },
  {
    id: 'sveltekit',
    name: 'SvelteKit',
    dependencies: {},
    devDependencies: {
      '@sveltejs/adapter-node': '6.0.1',
      '@sveltejs/kit': '3.2.0',
      '@sveltejs/vite-plugin-svelte': '7.3.1',
      svelte: '5.57.3',
      vite: '8.4.0',
    },
    build: ['vite', 'build'],
    start: () => ['build/index.js'],
    port: 41_873,
    env: (port) => ({ HOST: '127.0.0.1', ORIGIN: `http://127.0.0.1:${port}`, BODY_SIZE_LIMIT: '1M' }),
    pages: ['https://svelte.dev/docs/kit/form-actions', 'https://svelte.dev/docs/kit/adapter-node'],
    remark: 'The build has `paths.origin`. `BODY_SIZE_LIMIT` is 1M; the default is 512K.',
  },
  {
    id: 'react-router',
    name: 'React Router',
    dependencies: {
      '@react-router/node': '8.4.0',
      '@react-router/serve': '8.4.0',
      '@remix-run/form-data-parser': '0.17.4',
      isbot: '5.2.3',
      react: '19.3.1',
      'react-dom': '19.3.1',
      'react-router': '8.4.0',
    },
    devDependencies: { '@react-router/dev': '8.4.0', vite: '8.4.0' },
    build: ['react-router', 'build'],
    start: () => ['node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'],
    env: () => ({ HOST: '127.0.0.1' }),
    pages: ['https://reactrouter.com/how-to/form-validation', 'https://reactrouter.com/how-to/file-uploads'],
    remark:
      'The action returns the values, and the form shows them by `defaultValue`; the guide shows the messages only.',
  },
  {
    id: 'astro',
    name: 'Astro',
    dependencies: { '@astrojs/node': '11.1.6', astro: '7.3.5' },
    build: ['astro', 'build'],
    start: () => ['dist/server/entry.mjs'],
    env: () => ({ HOST: '127.0.0.1', ASTRO_TELEMETRY_DISABLED: '1' }),
    pages: ['https://docs.astro.build/en/guides/actions/'],
    remark:
      'The guide keeps the input by view transitions, which need JavaScript. The limit of 1 MB is the default.',
  },
  {
    id: 'fastify',
    name: 'Fastify and plugins',
    dependencies: {
      '@fastify/cookie': '11.1.5',
      '@fastify/csrf-protection': '8.0.2',
      '@fastify/formbody': '9.0.1',
      '@fastify/multipart': '10.1.9',
      fastify: '5.12.8',
    },
    start: server,
    pages: ['https://github.com/fastify/csrf-protection', 'https://github.com/fastify/fastify-multipart'],
    remark: 'The secret of the token is in a signed cookie. The app gives the input back itself.',
  },
]
