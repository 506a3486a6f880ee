import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../protocol/operation.ts'
import { operations } from '../../../protocol/registry.ts'
import { fillDocument, plainPreview } from '../../../server/pages/document.ts'
import {
  listPath,
  momentPath,
  profilePath,
  routeOf,
  searchOf,
  searchPath,
  tagPath,
  tweetPath,
} from '../../../server/web/routes.ts'
import { httpRoutes, requestOf } from '../../../server/web/wire/http.ts'

describe('addresses of pages', () => {
  test('say what a page is about, and are made of it', () => {
    expect(routeOf('/')).toEqual({ page: 'start' })
    expect(routeOf('/@Rook_1')).toEqual({ page: 'profile', handle: 'Rook_1', tab: 'tweets' })
    expect(routeOf(profilePath('a', 'followers'))).toMatchObject({ tab: 'followers' })
    expect(routeOf(tweetPath('a', 99))).toEqual({ page: 'tweet', tweetId: '99' })
    expect(routeOf('/tweets/99')).toEqual({ page: 'tweet', tweetId: '99' })
    expect(routeOf(profilePath('a'))).toMatchObject({ page: 'profile', tab: 'tweets' })
    expect(routeOf(tagPath('日本 #/?'))).toEqual({ page: 'tag', tag: '日本 #/?' })
    expect(routeOf(listPath(7, 'members'))).toEqual({ page: 'list', listId: '7', tab: 'members' })
    expect(routeOf(momentPath(7))).toEqual({ page: 'moment', momentId: '7' })
    expect(routeOf('/settings/privacy')).toEqual({ page: 'settings', section: 'privacy' })
    for (const path of [
      '/@',
      '/@a b',
      '/@a/b',
      '/@a/0',
      '/@aaaaaaaaaaaaaaaa',
      '/@a/tweets',
      '/tags/',
      '/tags/%E0%A4%A',
      '/tags/a/b',
      '/lists/0',
      '/settings/other',
      '/v1',
      '/__proto__',
    ]) {
      expect(routeOf(path), path).toBeUndefined()
    }
  })
})

describe('searches', () => {
  test('are told by their address, whatever stands in it', () => {
    const search = { query: '"a b" #c & d=1?', kind: 'people' } as const
    const [path, text = ''] = searchPath(search).split('?')
    expect(path).toBe('/search')
    expect(searchOf(text)).toEqual(search)
    expect(searchOf('')).toEqual({ query: '', kind: 'latest' })
    expect(searchOf('q=%20a%20&kind=nonsense')).toEqual({ query: 'a', kind: 'latest' })
  })
})

describe('calls over HTTP', () => {
  test('take the routes of the definitions', () => {
    for (const [name, [method, path]] of Object.entries(httpRoutes)) {
      const operation: Operation = operations[name as keyof typeof httpRoutes]
      expect({ name, method, path }).toEqual({
        name,
        method: operation.http?.method,
        path: operation.http?.path,
      })
    }
  })

  test('put parameters where they belong', () => {
    expect(requestOf(httpRoutes['user.get'], { user: '@a' })).toMatchObject({
      url: '/v1/users/%40a',
      body: undefined,
    })
    const page = { userId: 5, before: 7, limit: undefined }
    expect(requestOf(httpRoutes['timeline.user'], page).url).toBe('/v1/users/5/tweets?before=7')
    expect(requestOf(httpRoutes['session.create'], { handle: 'a' }).body).toBeInstanceOf(Uint8Array)
  })
})

describe('the document', () => {
  const built = '<html data-theme="system"><title>Rookery</title><!-- head --></html>'
  const parts = { preview: plainPreview, viewerId: undefined, theme: '', address: '' }

  test('holds what people wrote as text only', () => {
    const preview = {
      title: '</title><script>',
      description: '"\'><b> $& $1',
      kind: 'article',
    } as const
    const page = fillDocument(built, { ...parts, preview })
    expect(page).not.toMatch(/<script|<b>|"'/)
    expect(page).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>')
    expect(page).toContain('content="&quot;&#39;&gt;&lt;b&gt; $&amp; $1"')
  })

  test('says who reads, and in which colours; nothing else that a cookie says gets in', () => {
    expect(fillDocument(built, { ...parts, viewerId: 7, theme: 'dark' })).toContain(
      '<html data-theme="dark">',
    )
    expect(fillDocument(built, { ...parts, viewerId: 7 })).toContain(
      '<meta name="rookery-viewer" content="7" />',
    )
    const page = fillDocument(built, { ...parts, theme: '"><script>' })
    expect(page).toContain('data-theme="system"')
    expect(page).not.toContain('rookery-viewer')
  })
})
