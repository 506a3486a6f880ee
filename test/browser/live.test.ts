// Two people in two browsers: what one does, the other sees, without loading anything anew.

import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { inTime } from '../helpers/in-time.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import {
  scrollUntil,
  sharedChromium,
  tweetWith,
  untilHome,
  untilRead,
  visit,
  write,
} from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()
const seenWithinMs = 1_000

test('somebody signs up, logs out and logs in, with no token within reach of a script', async () => {
  const page = await visit(chromium(), cluster(), { path: '/', expected: /401/ })
  await page.getByRole('link', { name: 'Make an account' }).click()
  await page.getByLabel('Handle').fill('corvina')
  await page.getByLabel('Name', { exact: true }).fill('Corvina')
  await page.getByLabel('Password').fill('a long password')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('heading', { name: 'It is quiet here' }).waitFor()
  const withinReach = await page.evaluate(() => document.cookie + JSON.stringify(localStorage))
  expect(withinReach).not.toContain('rk_')

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('link', { name: 'Make an account' }).waitFor()
  await page.getByLabel('Account').getByRole('link', { name: 'Log in' }).click()
  await page.getByLabel('Handle').fill('@Corvina')
  await page.getByLabel('Password').fill('another password')
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('alert').getByText('wrong').waitFor()
  await page.getByLabel('Password').fill('a long password')
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
})

test('a tweet reaches a follower within a second, waits for them, and its stars move in both windows', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  await post(cluster(), author, 'what was there before')
  await untilRead(cluster(), reader, 1)
  const [left, right] = await Promise.all([
    visit(chromium(), cluster(), { as: author, path: '/' }),
    visit(chromium(), cluster(), { as: reader, path: '/', width: 'narrow' }),
  ])
  await Promise.all([untilHome(left), untilHome(right)])
  const before = await tweetWith(right, 'what was there before').boundingBox()

  await left.getByRole('button', { name: 'Write a tweet' }).click()
  await left.getByLabel('Text of the tweet').fill('the first rook of the morning')
  const pill = right.getByRole('button', { name: '1 new tweet' })
  const postedAtMs = performance.now()
  await Promise.all([left.getByRole('button', { name: 'Post' }).click(), pill.waitFor()])
  inTime('the tweet on the way to the other window', performance.now() - postedAtMs, seenWithinMs)
  expect(await tweetWith(right, 'what was there before').boundingBox()).toEqual(before)

  await pill.click()
  const theirs = tweetWith(right, 'the first rook of the morning')
  await theirs.getByRole('button', { name: 'Favorite' }).click()
  await theirs.getByRole('button', { name: 'Favorite, 1', pressed: true }).waitFor()
  const mine = tweetWith(left, 'the first rook of the morning')
  await mine.getByRole('button', { name: 'Favorite, 1', pressed: false }).waitFor()
  await theirs.getByRole('button', { name: 'Favorite, 1' }).click()
  await mine.getByRole('button', { name: 'Favorite', exact: true }).waitFor()
})

test('a reader finds a profile, follows, and sees what comes', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await post(cluster(), author, 'calling from the elms')
  const page = await visit(chromium(), cluster(), { as: reader, path: `/@${author.handle}` })
  await tweetWith(page, 'calling from the elms').waitFor()
  await page.getByRole('button', { name: `Follow @${author.handle}` }).click()
  await page.getByRole('button', { name: `Following @${author.handle}`, pressed: true }).waitFor()
  // The list of those who follow somebody is that of their own shard.
  const followers = { path: `/v1/users/${author.id}/followers` }
  await eventually(async () => (await http(cluster(), followers)).text.includes(reader.handle), {
    withinMs: 5_000,
  })
  await page.getByRole('link', { name: '1 Follower' }).click()
  await page
    .getByRole('link', { name: `@${reader.handle}` })
    .first()
    .waitFor()
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await untilHome(page)
  await post(cluster(), author, 'and once more from the elms')
  await page.getByRole('button', { name: /new tweet/ }).click()
  await tweetWith(page, 'and once more from the elms').waitFor()
})

test('older tweets come while one scrolls, and the place is kept for the way back', async () => {
  const author = await signUp(cluster(), 'shard-0')
  for (let number = 1; number <= 75; number++) await post(cluster(), author, `entry ${number}.`)
  const page = await visit(chromium(), cluster(), { path: `/@${author.handle}` })
  await tweetWith(page, 'entry 75.').waitFor()
  expect(await tweetWith(page, 'entry 1.').count()).toBe(0)
  await scrollUntil(page, 75)
  await tweetWith(page, 'entry 1.').waitFor()
  expect(await page.locator('article.tweet').count()).toBe(75)
  const entry = tweetWith(page, 'entry 30.')
  const time = entry.locator('.tweet-time')
  // Scrolls until it stands still: what comes into view on the way has its real height some frames later only.
  await time.click({ trial: true })
  const topBefore = (await entry.boundingBox())?.y ?? 0
  await time.click()
  await page.getByRole('heading', { name: 'Replies' }).waitFor()
  await page.goBack()
  await entry.waitFor()
  const isBack = async (): Promise<boolean> => {
    const topAfter = (await entry.boundingBox())?.y ?? 0
    return Math.abs(topAfter - topBefore) < 200
  }
  await eventually(isBack, { withinMs: 5_000 })
})

test('an author answers themselves, keeps a tweet, and deletes it everywhere', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  const [mine, theirs] = await Promise.all([
    visit(chromium(), cluster(), { as: author, path: '/' }),
    visit(chromium(), cluster(), { as: reader, path: '/' }),
  ])
  await Promise.all([untilHome(mine), untilHome(theirs)])
  await write(mine, 'a nest of sticks')
  await tweetWith(mine, 'a nest of sticks').getByRole('button', { name: 'Bookmark' }).click()
  await theirs.getByRole('button', { name: '1 new tweet' }).click()
  await tweetWith(theirs, 'a nest of sticks').waitFor()

  await tweetWith(mine, 'a nest of sticks').locator('.tweet-time').click()
  await mine.getByRole('button', { name: 'Reply' }).click()
  await mine.getByLabel('Text of the tweet').fill('and of wool')
  await mine.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(mine, 'and of wool').waitFor()

  await mine.getByRole('link', { name: 'Bookmarks' }).click()
  const kept = tweetWith(mine, 'a nest of sticks')
  await kept.getByRole('button', { name: 'More' }).click()
  await kept.getByRole('button', { name: 'Delete' }).click()
  await mine.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await kept.waitFor({ state: 'detached' })
  await tweetWith(theirs, 'a nest of sticks').waitFor({ state: 'detached' })
})

test('what happens while the window of the notifications is hidden is new until somebody looks at it', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const friend = await signUp(cluster(), 'shard-1')
  const tweetId = await post(cluster(), author, 'who is awake?')
  const page = await visit(chromium(), cluster(), { as: author, path: '/notifications' })
  await page.locator('main[data-live="online"]').waitFor()
  await page.getByText('Nobody has called yet').waitFor()
  const become = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((state_) => {
      Object.defineProperty(document, 'visibilityState', { value: state_, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, state)
  await become('hidden')
  const path = `/v1/tweets/${tweetId}/favorite`
  await http(cluster(), { method: 'PUT', path, token: friend.token })
  await page.getByRole('link', { name: 'Notifications 1 unread' }).waitFor()
  await become('visible')
  await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
})

test('a profile is read anew by whoever comes by a link, and is as they left it for whoever comes back', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  await post(cluster(), author, 'calling from the elms')
  await untilRead(cluster(), reader, 1)
  const page = await visit(chromium(), cluster(), { as: reader, path: '/' })
  await untilHome(page)
  const link = tweetWith(page, 'calling from the elms').getByRole('link', { name: author.handle })
  await link.first().click()
  await page.getByRole('feed', { name: `tweets of @${author.handle}` }).waitFor()
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await untilHome(page)
  await post(cluster(), author, 'and once more from the elms')
  await page.getByRole('button', { name: '1 new tweet' }).waitFor()
  await page.goBack()
  await tweetWith(page, 'calling from the elms').waitFor()
  expect(await tweetWith(page, 'and once more from the elms').count()).toBe(0)
  await page.goForward()
  await link.first().click()
  await tweetWith(page, 'and once more from the elms').waitFor()
})
