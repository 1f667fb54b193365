import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core'
import { patience } from '../setup/patience.js'
import { headlessChromium, requireProgram, chromium as wholeChromium } from '../setup/programs.js'

/** The environment variable with the address of a Chromium that the test files of one run share. */
const shared = 'SEALFORM_TEST_CHROMIUM'

/**
 * A headless Chromium that connects only to the pages under test, and resolves every `.test` host to this machine:
 * the one that the run shares, else one of the file's own.
 */
export async function openChromium(): Promise<Browser> {
  const address = process.env[shared]
  return address === undefined ? launchChromium() : chromium.connect(address)
}

/**
 * Such a Chromium of the file's own, which takes the files of a form from the disk. One that is shared gets them over the
 * connection, which takes longer than to start one.
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(launchOptions())
}

/**
 * Another Chromium, which keeps pages for the back button as browsers do for people. Playwright switches that off,
 * and waits in vain for a page that is taken out to load: use `goBack({ waitUntil: 'commit' })`.
 */
export async function launchChromiumThatKeepsPages(): Promise<Browser> {
  return chromium.launch({
    ...launchOptions(),
    executablePath: requireProgram(wholeChromium),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/**
 * Starts the Chromium that test files share, and sets the variable by which they find it. It ends with this process.
 */
export async function shareChromium(): Promise<BrowserServer> {
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const server = await chromium.launchServer({ ...launchOptions(), ...signals, host: '127.0.0.1' })
  process.env[shared] = server.wsEndpoint()
  return server
}

function launchOptions(): LaunchOptions {
  return { executablePath: requireProgram(headlessChromium), timeout: patience, args: [...args] }
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page keeps its frame when another is loaded: a new one takes a third of the time of that. Playwright names the first feature.
  '--enable-features=CDPScreenshotNewSurface,RenderDocument:level/crashed-frame',
  '--host-resolver-rules=MAP *.test 127.0.0.1',
]
