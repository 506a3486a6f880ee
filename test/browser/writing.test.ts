// A tweet is written: what becomes of it when something comes between.

import { expect, test } from 'vitest'
import { signUp } from '../helpers/people.ts'
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
