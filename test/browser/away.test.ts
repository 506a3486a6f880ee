// The gateway dies under a reader who is writing: the page says so, comes back, and has missed nothing.

import { expect, test } from 'vitest'
import { follow, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, shownWithinMs, tweetWith, untilHome, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster({ isPortKept: true })
/** What a browser says of its own accord of a socket that is refused while nobody listens. */
const refusedSocket = /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|WebSocket connection/

test('a reader whose gateway was killed returns by themselves, with every tweet and with their draft', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  const page = await visit(chromium(), cluster(), {
    as: reader,
    path: '/',
    expected: refusedSocket,
  })
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('half a thou')

  cluster().signal('gateway-0', 'SIGSTOP')
  const pid = cluster().pidOf('gateway-0')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByText('You are offline').waitFor()
  process.kill(pid, 'SIGKILL')
  await cluster().untilReady()
  const texts = Array.from({ length: 30 }, (_, number) => `said meanwhile ${number}.`)
  for (const text of texts) await post(cluster(), author, text)
  await page.getByText('You are offline').waitFor({ state: 'detached', timeout: shownWithinMs * 2 })

  await page.getByLabel('Text of the tweet').fill('half a thought')
  await page.reload()
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  expect(await page.getByLabel('Text of the tweet').inputValue()).toBe('half a thought')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'half a thought').waitFor()
  for (const text of texts) expect(await tweetWith(page, text).count(), text).toBe(1)
})

test('tweets that came while the line was down wait behind the button, all of them', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  const page = await visit(chromium(), cluster(), {
    as: reader,
    path: '/',
    expected: refusedSocket,
  })
  await untilHome(page)
  await page.context().setOffline(true)
  cluster().signal('gateway-0', 'SIGKILL')
  await page.getByText('You are offline').waitFor()
  await cluster().untilReady()
  for (let number = 0; number < 12; number++) await post(cluster(), author, `unheard ${number}.`)
  await page.context().setOffline(false)
  await page.getByRole('button', { name: '12 new tweets' }).click()
  for (let number = 0; number < 12; number++) {
    expect(await tweetWith(page, `unheard ${number}.`).count()).toBe(1)
  }
})

test('a post that the server did not take stays in the dialog, and is posted once when it is sent again', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await visit(chromium(), cluster(), {
    as: author,
    path: '/',
    expected: refusedSocket,
  })
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('sent into the dark')
  cluster().signal('gateway-0', 'SIGKILL')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached', timeout: shownWithinMs * 2 })
  await page.reload()
  await untilHome(page)
  expect(await tweetWith(page, 'sent into the dark').count()).toBe(1)
})
