// What people may write to break a page: it stays text, in its place; and very much of it scrolls.

import { expect, test } from 'vitest'
import { inTime } from '../helpers/in-time.ts'
import { http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { scrollUntil, sharedChromium, tweetWith, visit, widths } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()
const longTaskMs = 100

const hostile = [
  '<script>window.wasHere = 1</script><img src=x onerror="window.wasHere = 1"> marked',
  "\"><svg/onload=window.wasHere=1> &lt;b&gt; 'quoted' {{7*7}} $& $1 marked",
  'javascript:window.wasHere=1 https://example.org/"onmouseover="window.wasHere=1 marked',
  '\u202e\u2066\u202dturned around\u200f\u061c and never turned back, marked',
  `${'Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358\u0359\u035a'.repeat(20)} marked`,
  `${'W'.repeat(250)} marked`,
  `https://example.org/${'w'.repeat(3_900)} marked`,
  'مرحبا بالعالم hello שלום עולם marked',
  `${'👩‍👩‍👧‍👦'.repeat(20)} marked`,
]

test.each(['narrow', 'wide'] as const)(
  'hostile tweets stay text and in their place, %s',
  async (width) => {
    const author = await signUp(cluster(), 'shard-0')
    for (const text of hostile) await post(cluster(), author, text)
    const page = await visit(chromium(), cluster(), { path: `/@${author.handle}`, width })
    await tweetWith(page, 'marked')
      .nth(hostile.length - 1)
      .waitFor()
    expect(await page.evaluate(() => 'wasHere' in window)).toBe(false)
    expect(await page.locator('.tweet-text script, .tweet-text img, .tweet-text svg').count()).toBe(
      0,
    )
    const shown = await page.locator('.tweet-text').allTextContents()
    expect(shown.toReversed().slice(0, 2)).toEqual(hostile.slice(0, 2))
    const links = await page
      .locator('.tweet-text a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).protocol))
    expect(links.every((protocol) => /^https?:$/.test(protocol))).toBe(true)
    const pageWidth = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(pageWidth).toBeLessThanOrEqual(widths[width].width)
    const right = await page
      .locator('.tweet .tweet-time')
      .evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)))
    expect(right).toBeLessThanOrEqual(widths[width].width)
  },
)

test('a link that others see is described by what was written, and nothing of it runs', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const id = await post(cluster(), author, hostile[1] as string)
  const page = await http(cluster(), { path: `/@${author.handle}/${id}` })
  expect(page.status).toBe(200)
  expect(page.text).toContain(`<title>Name of ${author.handle} (@${author.handle})</title>`)
  expect(page.text).toContain('&quot;&gt;&lt;svg/onload=window.wasHere=1&gt; &amp;lt;b&amp;gt;')
  expect(page.text).toContain('{{7*7}} $&amp; $1')
  expect(page.text).not.toContain('<svg')
  expect((await http(cluster(), { path: `/@${author.handle}/1` })).status).toBe(404)
})

test('five hundred tweets scroll by without the page standing still', async () => {
  const author = await signUp(cluster(), 'shard-0')
  for (let number = 1; number <= 500; number++) {
    await post(
      cluster(),
      author,
      `${number}. @${author.handle} #rooks https://example.org/${number}`,
    )
  }
  const page = await visit(chromium(), cluster(), { as: author, path: `/@${author.handle}` })
  await tweetWith(page, '500. ').waitFor()
  await chromium().startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await scrollUntil(page, 500)
  const tasksMs = mainThreadTasksMs(await chromium().stopTracing())
  expect(tasksMs.length).toBeGreaterThan(100)
  inTime('the longest task of the page', Math.max(...tasksMs), longTaskMs)
})

type TraceEvent = {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of the processor that it took. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * What each task of the page's main thread took of the processor: what a reader with a machine of their
 * own waits for, whatever else runs on this one.
 */
function mainThreadTasksMs(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1_000)
}
