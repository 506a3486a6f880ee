// A page of another origin, in a real browser: what the operator named may use the server, what nobody named may not.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { signUp } from '../helpers/people.ts'
import { type RunningCluster, runningCluster } from '../helpers/running-cluster.ts'
import { sharedChromium } from './visitor.ts'

const chromium = sharedChromium()

/** An origin with an empty page. @returns it, such as http://127.0.0.1:5000 */
async function newOrigin(): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<title>elsewhere</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function pageOf(origin: string): Promise<Page> {
  const page = await chromium().newPage()
  onTestFinished(() => page.close())
  await page.goto(origin)
  return page
}

type Told = { readonly status: number; readonly requestId: string | null; readonly text: string }

/** What a page gets for a request; what the browser says where it keeps the answer from the page. */
function ask(
  { page, cluster }: { readonly page: Page; readonly cluster: RunningCluster },
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Told | string> {
  return page.evaluate(
    async ([url, options]) => {
      try {
        const response = await fetch(url, options)
        const requestId = response.headers.get('x-request-id')
        return { status: response.status, requestId, text: await response.text() }
      } catch (error) {
        return String(error)
      }
    },
    [`${cluster.url}${path}`, init] as const,
  )
}

test('a page that was named posts with a token, and reads answers, headers and refusals', async () => {
  const named = await newOrigin()
  await using cluster = await runningCluster({ env: { ROOKERY_ORIGINS: named } })
  const person = await signUp(cluster)
  const page = await pageOf(named)
  const at = { page, cluster }
  const headers = {
    authorization: `Bearer ${person.token}`,
    'content-type': 'application/json',
    'idempotency-key': 'from-elsewhere',
  }
  const body = JSON.stringify({ text: 'from a page elsewhere' })
  const posted = (await ask(at, '/v1/tweets', { method: 'POST', headers, body })) as Told
  expect(posted.status).toBe(201)
  expect(posted.requestId).not.toBe(null)
  const { tweet } = JSON.parse(posted.text) as { tweet: { id: string } }
  const removed = await ask(at, `/v1/tweets/${tweet.id}`, { method: 'DELETE', headers })
  expect((removed as Told).status).toBeLessThan(300)
  const gone = (await ask(at, `/v1/tweets/${tweet.id}`)) as Told
  expect(gone.status).toBe(404)
  expect(JSON.parse(gone.text)).toMatchObject({ code: 'not_found' })
})

test('a page that nobody named is kept from every answer, and its writes do not arrive', async () => {
  const named = await newOrigin()
  await using cluster = await runningCluster({ env: { ROOKERY_ORIGINS: named } })
  const person = await signUp(cluster)
  const page = await pageOf(await newOrigin())
  const at = { page, cluster }
  expect(await ask(at, '/v1/trends')).toContain('Failed to fetch')
  const headers = {
    authorization: `Bearer ${person.token}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ text: 'never' })
  expect(await ask(at, '/v1/tweets', { method: 'POST', headers, body })).toContain(
    'Failed to fetch',
  )
  const tweets = await fetch(`${cluster.url}/v1/users/${person.id}/tweets`)
  expect(await tweets.json()).toMatchObject({ tweets: [] })
})
