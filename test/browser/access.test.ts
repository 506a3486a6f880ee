// Everybody can use it: no page has a finding of axe, in light and dark, narrow and wide; and the keyboard
// is enough.

import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Person } from '../helpers/people.ts'
import { follow, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, tweetWith, untilHome, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async (values) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe }
    const { violations } = await inPage.run({ runOnly: { type: 'tag', values } })
    return violations as unknown as Finding[]
  }, tags)
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n  ')}`)
}

/** Each page, and what is on it when it is there. */
type Stop = readonly [path: string, shown: string]

function stopsOf(person: Person, tweetId: string): readonly Stop[] {
  return [
    ['/', 'article.tweet'],
    [`/@${person.handle}`, 'article.tweet'],
    [`/@${person.handle}/followers`, '.user-row'],
    [`/@${person.handle}/${tweetId}`, '.replies .empty'],
    ['/bookmarks', '.empty'],
    ['/settings', '.keys'],
    ['/nothing-here', '.empty'],
  ]
}

const looks = (['light', 'dark'] as const).flatMap((theme) =>
  (['narrow', 'wide'] as const).map((width) => ({ theme, width })),
)

test.each(looks)('no page has a barrier: $theme, $width', async ({ theme, width }) => {
  const person = await signUp(cluster(), 'shard-0')
  const fan = await signUp(cluster(), 'shard-1')
  await follow(cluster(), fan, person)
  const tweetId = await post(cluster(), person, 'seen by @everybody at https://example.org #rooks')
  const own = await visit(chromium(), cluster(), {
    as: person,
    path: '/',
    theme,
    width,
    expected: /404/,
  })
  for (const [path, shown] of stopsOf(person, tweetId)) {
    await own.goto(cluster().url + path)
    await own.locator(shown).first().waitFor()
    expect(await findings(own), path).toEqual([])
  }
  await own.goto(cluster().url)
  await untilHome(own)
  await own.getByRole('button', { name: 'Write a tweet' }).click()
  await own.getByLabel('Text of the tweet').fill('x'.repeat(281))
  expect(await findings(own), 'writing').toEqual([])

  const page = await visit(chromium(), cluster(), { path: '/', theme, width })
  for (const path of ['/', '/login', '/signup', `/@${person.handle}`]) {
    await page.goto(cluster().url + path)
    await page.locator('main h1').waitFor()
    expect(await findings(page), `${path}, to a stranger`).toEqual([])
  }
})

test('a tweet is written, found, favored and opened without a pointer', async () => {
  const person = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: person, path: '/' })
  await untilHome(page)
  await page.keyboard.press('n')
  await page.keyboard.type('by keys alone')
  await page.keyboard.press('Control+Enter')
  await tweetWith(page, 'by keys alone').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('f')
  await page.getByRole('button', { name: 'Favorite, 1', pressed: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Tweet' }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')

  await page.getByRole('link', { name: 'Settings' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Single letters do something').uncheck()
  await page.getByRole('heading', { name: 'Settings' }).click()
  await page.keyboard.press('n')
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('the colours that somebody chose are there before the first script', async () => {
  const person = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: person, path: '/settings' })
  await page.getByLabel('Dark', { exact: true }).check()
  const background = () =>
    page.evaluate(() => getComputedStyle(document.body.parentElement!).backgroundColor)
  expect(await background()).toBe('rgb(18, 17, 23)')
  await page.route('**/*.js', (route) => route.abort())
  page.removeAllListeners('console')
  await page.reload()
  expect(await background()).toBe('rgb(18, 17, 23)')
})
