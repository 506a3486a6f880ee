// An advertiser has a tweet shown to others: it says so, it is counted when somebody had it before their eyes, and
// the advertiser is told.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { promotedEvery } from '../../protocol/limits.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, shownWithinMs, tweetWith, untilHome, visit } from './visitor.ts'

const operatorToken = 'the token of the operators'
const chromium = sharedChromium()
const cluster = sharedCluster({ env: { ROOKERY_OPERATOR_TOKEN: operatorToken } })
const tool = fileURLToPath(new URL('../../server/moderate.ts', import.meta.url))

/** Operators credit the advertiser. */
async function fund(handle: string, micros: number): Promise<void> {
  const url = `http://127.0.0.1:${cluster().portsOf('gateway-0').adminPort}`
  const words = ['fund', `@${handle}`, String(micros), '--reason', 'paid in']
  const env = { ...process.env, ROOKERY_OPERATOR_TOKEN: operatorToken }
  await promisify(execFile)(process.execPath, [tool, ...words, '--url', url, '--by', 'moira'], {
    env,
  })
}

test('a promoted tweet says that it is one, and is counted when it was seen', async () => {
  const advertiser = await signUp(cluster(), 'shard-0')
  const author = await signUp(cluster(), 'shard-1')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, author)
  for (let number = 0; number <= promotedEvery; number++) {
    await post(cluster(), author, `tweet ${number}`)
  }
  const body = { text: 'from the gate', location: { latitude: 52.5163, longitude: 13.3777 } }
  await http(cluster(), { method: 'POST', path: '/v1/tweets', token: reader.token, body })
  await post(cluster(), advertiser, 'Nest boxes, planed by hand')
  await fund(advertiser.handle, 5_000_000)
  const theirs = await visit(chromium(), cluster(), { as: advertiser, path: '/' })
  await untilHome(theirs)
  await tweetWith(theirs, 'Nest boxes').getByRole('button', { name: 'More' }).click()
  await theirs.getByRole('button', { name: 'Promote', exact: true }).click()
  const dialog = theirs.getByRole('dialog')
  await dialog.getByText('Your credit: 5').waitFor()
  await dialog.getByLabel('Budget in all').fill('4')
  await theirs.context().grantPermissions(['geolocation'])
  await theirs.context().setGeolocation({ latitude: 52.52, longitude: 13.38 })
  await dialog.getByLabel('from around here').selectOption({ label: 'Within 5 km of where I am' })
  await dialog.getByRole('button', { name: 'Promote' }).click()
  await theirs.getByText('Your tweet is promoted from now on.').waitFor()

  const page = await visit(chromium(), cluster(), { as: reader, path: '/' })
  await untilHome(page)
  const promoted = tweetWith(page, 'Nest boxes')
  await expect
    .poll(
      async () => {
        const count = await promoted.count()
        if (count === 0) await page.reload().then(() => untilHome(page))
        return count
      },
      { timeout: shownWithinMs },
    )
    .toBe(1)
  await promoted.getByText('Promoted').waitFor()
  await promoted.scrollIntoViewIfNeeded()

  await theirs.goto(`${cluster().url}/settings/promotions`)
  const row = theirs.getByRole('listitem').filter({ hasText: 'Nest boxes' })
  await row.waitFor()
  await expect
    .poll(
      async () => {
        const isCounted = (await row.getByText('1 impression').count()) === 1
        if (!isCounted) await theirs.reload().then(() => row.waitFor())
        return isCounted
      },
      { timeout: shownWithinMs },
    )
    .toBe(true)
  await row.getByRole('button', { name: 'End' }).click()
  await row.getByText('ended').waitFor()
})
