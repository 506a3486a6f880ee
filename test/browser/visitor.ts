// People in front of a browser: a real Chromium without a window, on the pages of a running cluster.
//
//   const chromium = sharedChromium()                 one for all tests of a file
//   const page = await visit(chromium(), cluster(), { as: person, path: '/' })
//
// A page that reports an error, or writes one to its console, fails its test.

import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { sessionCookie } from '../../server/admission.ts'
import { buildPages } from '../../server/web/build.ts'
import { eventually } from '../helpers/eventually.ts'
import { home, type Person } from '../helpers/people.ts'

/** Where the Debian package puts it; another place can be named, as on a developer's machine. */
const program = process.env['ROOKERY_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const startWithinMs = 60_000
/** How long a test waits for a page to show something, on a machine that does much else. */
export const shownWithinMs = 15_000

export const widths = { narrow: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } }

/** A browser for all tests of a file, with the pages built. Call it above `sharedCluster`. */
export function sharedChromium(): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    await buildPages()
    // As root there is no sandbox to be had; the pages are ours.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    browser = await chromium.launch({ executablePath: program, args, timeout: startWithinMs })
  }, startWithinMs)
  afterAll(() => browser?.close())
  return () => {
    if (browser === undefined) throw new Error('the browser is there once the tests run')
    return browser
  }
}

export type Visit = {
  /** Undefined for a stranger. */
  readonly as?: Person
  readonly path: string
  readonly width?: keyof typeof widths
  readonly theme?: 'light' | 'dark'
  /** Of console messages that are what the test is about, such as a refused socket. */
  readonly expected?: RegExp
}

/** Opens a page in a window of its own, which ends with the running test. */
export async function visit(
  browser: Browser,
  server: { readonly url: string },
  visit_: Visit,
): Promise<Page> {
  const { as, path, width = 'wide', theme = 'light', expected } = visit_
  const context = await browser.newContext({ viewport: widths[width], colorScheme: theme })
  context.setDefaultTimeout(shownWithinMs)
  if (as !== undefined) {
    const cookie = { name: sessionCookie, value: as.token, url: server.url }
    await context.addCookies([{ ...cookie, httpOnly: true, sameSite: 'Strict' }])
  }
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`${error.message}\n${error.stack}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' || expected?.test(message.text()) === true) return
    problems.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    if (problems.length > 0) throw new Error(`the page reports:\n${problems.join('\n')}`)
  })
  await page.goto(server.url + path)
  return page
}

/** Writes in the dialog and posts. Resolves when the dialog is gone. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Text of the tweet').fill(text)
  await dialog.getByRole('button', { name: 'Post' }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** The tweet with this text. */
export function tweetWith(page: Page, text: string) {
  return page.locator('article.tweet', { hasText: text })
}

/** Turns the wheel until so many tweets are on the page. */
export async function scrollUntil(page: Page, count: number): Promise<void> {
  const tweets = page.locator('article.tweet')
  await eventually(
    async () => {
      await page.mouse.wheel(0, 2_500)
      return (await tweets.count()) >= count
    },
    { withinMs: shownWithinMs * 4, elseDump: () => tweets.count() },
  )
}

/** Resolves when so many tweets are on the home page of somebody: those of another shard come a moment later. */
export async function untilRead(
  server: { readonly url: string },
  reader: Person,
  count: number,
): Promise<void> {
  await eventually(async () => (await home(server, reader)).tweets.length === count, {
    withinMs: shownWithinMs,
  })
}

/** Resolves when the home timeline is there and listens: until then nothing is pushed. */
export async function untilHome(page: Page): Promise<void> {
  await page.locator('main[data-live="online"] .list-end').waitFor()
}
