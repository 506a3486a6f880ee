// Everybody can use it: no page has a finding of axe, in light and dark, narrow and wide; and the keyboard
// is enough.

import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, tweetWith, untilHome, visit, widths } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

/** What axe finds on a page as it is: all rules, or those that colours alone can break. */
async function findings(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  const found = await page.evaluate(
    async ({ values, only }) => {
      const { axe: inPage } = window as unknown as { axe: typeof axe }
      const runOnly =
        only === 'all'
          ? ({ type: 'tag', values } as const)
          : ({ type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const)
      const { violations } = await inPage.run({ runOnly, resultTypes: ['violations'] })
      return violations as unknown as Finding[]
    },
    { values: tags, only: rules },
  )
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n  ')}`)
}

/** Looks at the page in both widths, and in both colours each. Nothing is on its way from one colour to the other. */
async function expectNoBarrier(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source)
  for (const width of ['wide', 'narrow'] as const) {
    await page.setViewportSize(widths[width])
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    expect(await findings(page, 'all'), `${what}, ${width}, light`).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await findings(page, 'colours'), `${what}, ${width}, dark`).toEqual([])
    const { scrollWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
    }))
    expect(scrollWidth, `${what}, ${width}: nothing sticks out`).toBeLessThanOrEqual(
      widths[width].width,
    )
  }
  await page.setViewportSize(widths.wide)
}

async function made(person: Person, method: string, path: string, body = {}): Promise<string> {
  const answer = await http(cluster(), { method, path, token: person.token, body })
  expect(answer.status, answer.text).toBeLessThan(300)
  const { list, moment } = (answer.body ?? {}) as Record<string, { id: string } | undefined>
  return (list ?? moment)?.id ?? ''
}

/** Somebody of whom every page has something to show. */
async function somebody() {
  const person = await signUp(cluster(), 'shard-0')
  const fan = await signUp(cluster(), 'shard-1')
  await follow(cluster(), fan, person)
  const text = `seen by @${fan.handle} at https://example.org #rooks`
  const tweetId = await post(cluster(), person, text)
  await post(cluster(), fan, `@${person.handle} so it was`)
  await made(fan, 'PUT', `/v1/tweets/${tweetId}/favorite`)
  await made(person, 'PUT', `/v1/tweets/${tweetId}/pin`)
  const listId = await made(person, 'POST', '/v1/lists', {
    name: 'Hedges',
    description: 'and woods',
  })
  await made(person, 'PUT', `/v1/lists/${listId}/members/${fan.id}`)
  const momentId = await made(person, 'POST', '/v1/moments', {
    title: 'A dawn',
    coverTweetId: tweetId,
  })
  await made(person, 'PUT', '/v1/mutes/words/cats')
  await made(person, 'PUT', '/v1/profile', { protected: true, bio: 'Of the hedge.' })
  const asking = await signUp(cluster(), 'shard-1')
  // Whoever asks has to have heard that they are protected: they would follow at once.
  await eventually(
    async () => {
      const path = `/v1/users/${person.id}`
      const { body } = await http(cluster(), { path, token: asking.token })
      return (body as { user: { protected: boolean } }).user.protected
    },
    { withinMs: 5_000 },
  )
  await made(asking, 'PUT', `/v1/users/${person.id}/follow`)
  return { person, fan, tweetId, listId, momentId }
}

test('no page of somebody who is signed in has a barrier', async () => {
  const { person, fan, tweetId, listId, momentId } = await somebody()
  const page = await visit(chromium(), cluster(), { as: person, path: '/', expected: /404/ })
  /** Each page, and what is on it when it is there. */
  const stops: readonly (readonly [path: string, shown: string])[] = [
    ['/', 'article.tweet'],
    [`/@${person.handle}`, '.pinned article.tweet'],
    [`/@${fan.handle}/followers`, '.empty'],
    [`/@${person.handle}/lists`, '.collection'],
    [`/@${person.handle}/${tweetId}`, '.replies .empty'],
    ['/search', '.finer'],
    [`/search?q=${fan.handle}&kind=people`, '.user-row'],
    ['/tags/rooks', '.page-head'],
    ['/notifications', '.notification'],
    ['/follow-requests', '.request-buttons'],
    ['/bookmarks', '.empty'],
    ['/lists', '.collection'],
    [`/lists/${listId}/members`, '.user-row'],
    ['/moments', '.collection'],
    [`/moments/${momentId}`, 'article.tweet'],
    ['/near', '.empty button'],
    ['/settings', '.keys'],
    ['/settings/privacy', '.chips'],
    ['/settings/apps', '.form'],
    ['/settings/promotions', '.settings h2'],
    ['/settings/data', '.button-danger'],
    ['/nothing-here', '.empty'],
  ]
  for (const [path, shown] of stops) {
    await page.goto(cluster().url + path)
    await page.locator(shown).first().waitFor()
    await expectNoBarrier(page, path)
  }
})

test('no dialog has a barrier, and no page of a stranger', async () => {
  const person = await signUp(cluster(), 'shard-0')
  await post(cluster(), person, 'what a stranger reads')
  const own = await visit(chromium(), cluster(), { as: person, path: '/' })
  await untilHome(own)
  await own.getByRole('button', { name: 'Write a tweet' }).click()
  await own.getByLabel('Text of the tweet').fill('x'.repeat(281))
  await expectNoBarrier(own, 'writing')
  await own.getByRole('button', { name: 'Close' }).click()
  await own.getByRole('button', { name: 'More', exact: true }).first().click()
  await expectNoBarrier(own, 'the menu of a tweet')

  const page = await visit(chromium(), cluster(), { path: '/' })
  for (const path of ['/', '/login', '/signup', `/@${person.handle}`, '/search']) {
    await page.goto(cluster().url + path)
    await page.locator('main h1').waitFor()
    await expectNoBarrier(page, `${path}, to a stranger`)
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
