// Two people take turns at one browser: a page that one of them left open does nothing in the other's name.

import { expect, test } from 'vitest'
import { home, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, shownWithinMs, untilHome, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster({ isPortKept: true })
/** What a browser says of its own accord of a socket that is refused. */
const refusedSocket = /ERR_CONNECTION_REFUSED|WebSocket connection/

test('a page whose reader has left the browser to somebody else becomes theirs when its line comes back, and posts nothing as them', async () => {
  const first = await signUp(cluster(), 'shard-0')
  const second = await signUp(cluster(), 'shard-1')
  const page = await visit(chromium(), cluster(), {
    as: first,
    path: '/',
    expected: refusedSocket,
  })
  await untilHome(page)
  const other = await page.context().newPage()
  await other.goto(`${cluster().url}/login`)
  await other.getByLabel('Handle').fill(second.handle)
  await other.getByLabel('Password').fill(second.password)
  await other.getByRole('button', { name: 'Log in' }).click()
  await untilHome(other)
  await other.close()

  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('a word of the first')
  cluster().signal('gateway-0', 'SIGKILL')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.locator(`meta[name="rookery-viewer"][content="${second.id}"]`).waitFor({
    state: 'attached',
    timeout: shownWithinMs * 2,
  })
  await untilHome(page)
  expect((await home(cluster(), second)).tweets).toEqual([])
  expect((await home(cluster(), first)).tweets).toEqual([])
  const kept = await page.evaluate(
    (key) => localStorage.getItem(key),
    `rookery.draft.${first.id}.new`,
  )
  expect(kept).toContain('a word of the first')
})
