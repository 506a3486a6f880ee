// Pictures of the web client and the console, for the README: `npm run screenshots`.
//
// A cluster is started and filled with a small sample; a browser without a window looks at it. The pictures go to
// docs/pictures/, each as a PNG with a palette, and say how large they are.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import sharp from 'sharp'
import { sessionCookie } from '../../server/admission.ts'
import { buildPages } from '../../server/web/build.ts'
import type { Person } from '../helpers/people.ts'
import { RunningCluster } from '../helpers/running-cluster.ts'
import type { Filled } from './fill.ts'
import { fill } from './fill.ts'
import { withLoad } from './load.ts'
import { reader, threadAt } from './sample.ts'

const directory = fileURLToPath(new URL('../../docs/pictures', import.meta.url))
const program = process.env['ROOKERY_TEST_CHROMIUM'] ?? '/usr/bin/chromium'
const bytesMax = 200 * 1024
const operatorToken = 'a token for the pictures'
const windows = { wide: { width: 1360, height: 880 }, phone: { width: 390, height: 800 } } as const
/** How long a picture may take to be whole. */
const wholeWithinMs = 30_000
/** How much of the last minutes the charts of the console show. */
const chartsMs = 20_000

type Shot = {
  readonly name: string
  readonly path: string
  /** What is there when the page is whole. */
  readonly shown: string
  readonly theme: 'light' | 'dark'
  readonly window: keyof typeof windows
}

function shotsOf({ tweetIds }: Filled): readonly Shot[] {
  const thread = `/@field_notes/${tweetIds[threadAt]}`
  const profile = `/@${reader.handle}`
  return [
    { name: 'home-light', path: '/', shown: '.tweet img', theme: 'light', window: 'wide' },
    { name: 'home-dark', path: '/', shown: '.tweet img', theme: 'dark', window: 'wide' },
    { name: 'thread', path: thread, shown: '.replies .tweet', theme: 'light', window: 'wide' },
    { name: 'profile', path: profile, shown: '.tweet', theme: 'dark', window: 'wide' },
    {
      name: 'notifications',
      path: '/notifications',
      shown: '.notification',
      theme: 'light',
      window: 'wide',
    },
    { name: 'phone-home', path: '/', shown: '.tweet img', theme: 'light', window: 'phone' },
    {
      name: 'phone-thread',
      path: thread,
      shown: '.replies .tweet',
      theme: 'dark',
      window: 'phone',
    },
  ]
}

async function takePictures(): Promise<void> {
  await buildPages()
  mkdirSync(directory, { recursive: true })
  const env = { ROOKERY_OPERATOR_TOKEN: operatorToken, ROOKERY_REPLICAS: '1' }
  const cluster = new RunningCluster({ env })
  // As root there is no sandbox to be had; the pages are ours.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await chromium.launch({ executablePath: program, args })
  try {
    await cluster.start()
    const filled = await fill(cluster)
    for (const shot of shotsOf(filled))
      await takePage(browser, { cluster, shot, as: filled.reader })
    await takeConsole(browser, cluster)
  } finally {
    await browser.close()
    await cluster[Symbol.asyncDispose]()
  }
}

async function takePage(
  browser: Browser,
  given: { readonly cluster: RunningCluster; readonly shot: Shot; readonly as: Person },
): Promise<void> {
  const { cluster, shot, as } = given
  const viewport = windows[shot.window]
  const context = await browser.newContext({
    viewport,
    colorScheme: shot.theme,
    deviceScaleFactor: 2,
  })
  context.setDefaultTimeout(wholeWithinMs)
  const cookie = { name: sessionCookie, value: as.token, url: cluster.url }
  await context.addCookies([{ ...cookie, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  await page.goto(cluster.url + shot.path)
  await page.locator(shot.shown).first().waitFor()
  await page.waitForLoadState('networkidle')
  // A thread opens at its tweet; the picture is of the whole.
  await page.evaluate('scrollTo(0, 0)')
  await keep(page, shot.name)
  await context.close()
}

/** The console after a while of work, so that its charts have something to tell. */
async function takeConsole(browser: Browser, cluster: RunningCluster): Promise<void> {
  const { adminPort } = cluster.portsOf('gateway-0')
  const viewport = { width: 1280, height: 1120 }
  const context = await browser.newContext({ viewport, colorScheme: 'dark', deviceScaleFactor: 2 })
  context.setDefaultTimeout(wholeWithinMs)
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${adminPort}/console`)
  await page.getByLabel('token').fill(operatorToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#totals dd').first().waitFor()
  await withLoad(cluster, chartsMs)
  await keep(page, 'console')
  // And in a bad moment: a shard is killed while people write.
  const load = withLoad(cluster, chartsMs).catch(() => 'some of it was refused')
  cluster.signal('shard-1', 'SIGKILL')
  await page.locator('#alarms').getByText('Failover').waitFor()
  await keep(page, 'console-failover')
  await load
  await context.close()
}

/** As small as it can be: fewer colours until it is small enough. */
async function keep(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot()
  for (const colours of [256, 192, 128, 96, 64]) {
    const picture = await sharp(taken).png({ palette: true, colours, effort: 10 }).toBuffer()
    if (picture.length > bytesMax && colours > 64) continue
    writeFileSync(join(directory, `${name}.png`), picture)
    process.stdout.write(`${name}.png: ${Math.round(picture.length / 1024)} KB\n`)
    return
  }
}

await takePictures()
