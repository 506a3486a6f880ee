// The first visit: small, strict about what may run, kept for the next one.

import { expect, test } from 'vitest'
import { http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sharedChromium, tweetWith, visit } from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()
const firstLoadBytesMax = 150 * 1024

test('the first load is under 150 KB, and the second asks for the document alone', async () => {
  const page = await visit(chromium(), cluster(), { path: '/' })
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const loaded: { bytes: number; fromCache: Set<string> } = { bytes: 0, fromCache: new Set() }
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    loaded.bytes += encodedDataLength
  })
  session.on('Network.requestServedFromCache', ({ requestId }) => loaded.fromCache.add(requestId))
  await session.send('Network.clearBrowserCache')
  await page.goto(`${cluster().url}/login`)
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  // What is still on its way would be counted for the next page.
  await page.waitForLoadState('networkidle')
  expect(loaded.bytes).toBeGreaterThan(10_000)
  expect(loaded.bytes).toBeLessThan(firstLoadBytesMax)

  loaded.bytes = 0
  await page.goto(`${cluster().url}/signup`)
  await page.getByRole('heading', { name: 'Make an account' }).waitFor()
  expect(loaded.bytes).toBeLessThan(5_000)
})

test('a page lets nothing run but its own files', async () => {
  const page = await http(cluster(), { path: '/', headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/)
  expect(page.text).not.toMatch(/\s(style|on\w+)=/)
  const script = /src="(\/assets\/[^"]+)"/.exec(page.text)?.[1] as string
  const file = await http(cluster(), { path: script })
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  const again = await http(cluster(), {
    path: script,
    headers: { 'if-none-match': file.headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

test('addresses that no page has stay what they are: the API answers programs, a page answers people', async () => {
  const program = await http(cluster(), { path: '/nothing/here' })
  expect(program.status).toBe(404)
  expect(program.headers.get('content-type')).toBe('application/problem+json')
  const api = await http(cluster(), { path: '/v1/nothing', headers: { accept: 'text/html' } })
  expect(api.headers.get('content-type')).toBe('application/problem+json')
  const wrongMethod = await http(cluster(), { path: '/v1/sessions' })
  expect(wrongMethod.status).toBe(405)
  const person = await http(cluster(), { path: '/nothing/here', headers: { accept: 'text/html' } })
  expect(person.status).toBe(404)
  expect(person.text).toContain('<!doctype html>')
})

test('the address of a tweet opens it, for somebody who has never been here', async () => {
  const author = await signUp(cluster(), 'shard-1')
  const id = await post(cluster(), author, 'on the weather vane')
  const page = await visit(chromium(), cluster(), { path: `/@${author.handle}/${id}` })
  await page.getByText('on the weather vane').waitFor()
  expect(await page.title()).toContain('on the weather vane')
  await page
    .getByRole('link', { name: `@${author.handle}` })
    .first()
    .click()
  await tweetWith(page, 'on the weather vane').waitFor()
})

test('a cookie that is nobody’s any more is taken away, and the page is that of a stranger', async () => {
  const answer = await http(cluster(), {
    path: '/',
    headers: { cookie: `rookery_session=rk_abc_${'x'.repeat(43)}`, accept: 'text/html' },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toContain('rookery_session=; Max-Age=0')
  expect(answer.text).not.toContain('rookery-viewer')
})
