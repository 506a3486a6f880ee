// A tweet is written: what becomes of it when something comes between.

import { expect, test } from 'vitest'
import { http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, tweetWith, untilHome, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()

test('a dialog stays when a choice of files in it is called off, and goes when it is itself', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: author, path: '/' })
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('with a photo')
  // What a browser does where somebody closes its window of files without choosing any.
  const files = page.getByLabel('Add photos or a video')
  await files.dispatchEvent('cancel', { bubbles: true })
  await page.getByLabel('Text of the tweet').fill('without a photo')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('a draft that is open in two windows, and goes on differently, becomes two tweets', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: author, path: '/' })
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('half a')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await untilHome(other)
  await other.getByRole('button', { name: 'Write a tweet' }).click()
  expect(await other.getByLabel('Text of the tweet').inputValue()).toBe('half a')
  await page.getByLabel('Text of the tweet').fill('half a feather')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'half a feather').waitFor()
  await other.getByLabel('Text of the tweet').fill('half a twig')
  await other.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(other, 'half a twig').waitFor()
})

test('a tweet that is on its way when its dialog is closed takes nothing of the next one along', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: author, path: '/' })
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('the first of two')
  cluster().signal('gateway-0', 'SIGSTOP')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('the second of two')
  cluster().signal('gateway-0', 'SIGCONT')
  await tweetWith(page, 'the first of two').waitFor()
  expect(await page.getByLabel('Text of the tweet').inputValue()).toBe('the second of two')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'the second of two').waitFor()
})

test('a reply that is refused after its dialog was closed is told of, and its text is kept', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const tweetId = await post(cluster(), author, 'about to go')
  const page = await visit(chromium(), cluster(), { as: author, path: '/' })
  await untilHome(page)
  await tweetWith(page, 'about to go').getByRole('button', { name: 'Reply' }).click()
  await page.getByLabel('Text of the tweet').fill('to what is gone')
  const path = `/v1/tweets/${tweetId}`
  await http(cluster(), { method: 'DELETE', path, token: author.token })
  cluster().signal('gateway-0', 'SIGSTOP')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  cluster().signal('gateway-0', 'SIGCONT')
  await page.getByText(/^Your tweet is not posted: .* Your text is kept\.$/).waitFor()
})

test('who lets no page keep anything writes all the same', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), { as: author, path: '/' })
  await untilHome(page)
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      },
    })
  })
  await page.reload()
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('half a thought')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  expect(await page.getByLabel('Text of the tweet').inputValue()).toBe('half a thought')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'half a thought').waitFor()
  await page.getByRole('radio', { name: 'Best' }).check({ force: true })
  await page.getByRole('feed', { name: 'Home timeline, the best first' }).waitFor()
})
