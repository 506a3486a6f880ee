// A tweet is written: what becomes of it when something comes between.

import { test } from 'vitest'
import { signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, untilHome, visit } from './visitor.ts'

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
