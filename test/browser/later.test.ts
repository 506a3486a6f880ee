// What is fetched once somebody needs it, and cannot be fetched then.

import { expect, test } from 'vitest'
import { follow, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, tweetWith, untilHome, untilRead, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()

test('a dialog that cannot be fetched says so, and is there when it can be', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  await post(cluster(), author, 'buy these feathers')
  await untilRead(cluster(), reader, 1)
  const page = await visit(chromium(), cluster(), {
    as: reader,
    path: '/',
    expected: /Failed to load resource/,
  })
  await untilHome(page)
  await page.route('**/report-dialog*.js', (route) => route.abort())
  const report = async (): Promise<void> => {
    await tweetWith(page, 'buy these feathers').getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'Report tweet' }).click()
  }
  await report()
  await page.getByText('This could not be fetched. Try again, or load the page anew.').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.unrouteAll()
  await report()
  await page.getByRole('dialog', { name: /^Report/ }).waitFor()
})
