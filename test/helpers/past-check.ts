// Compares what a running cluster says over HTTP with what its past was.

import { strictEqual } from 'node:assert/strict'
import type { PastPerson } from './past.ts'

type Page = { readonly tweets: readonly { readonly id: string }[] }
type UserAnswer = { readonly user: { readonly counts: Record<string, number> } }

/** @throws AssertionError where a count or a timeline is another one */
export async function checkPeople(url: string, people: readonly PastPerson[]): Promise<void> {
  for (const { handle, token, counts, home } of people) {
    const { user } = (await get(`${url}/v1/users/@${handle}`, token)) as UserAnswer
    for (const [name, count] of Object.entries(counts)) {
      strictEqual(user.counts[name], count, `${name} of ${handle}`)
    }
    const page = (await get(`${url}/v1/timelines/home?limit=${home.length}`, token)) as Page
    const shown = page.tweets.map(({ id }) => id)
    strictEqual(shown.join(' '), home.join(' '), `home timeline of ${handle}`)
  }
}

async function get(url: string, token: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const body: unknown = await response.json()
  strictEqual(response.status, 200, `${url}: ${JSON.stringify(body)}`)
  return body
}
