// The addresses of the pages: the server asks which exist and what they are about, the client shows them.

/** What a page is about, by its address. */
export type Route =
  | { readonly page: PlainPage }
  | { readonly page: 'settings'; readonly section: SettingsSection }
  | { readonly page: 'profile'; readonly handle: string; readonly tab: ProfileTab }
  | { readonly page: 'tweet'; readonly tweetId: string }
  | { readonly page: 'tag'; readonly tag: string }
  | { readonly page: 'list'; readonly listId: string; readonly tab: ListTab }
  | { readonly page: 'moment'; readonly momentId: string }

/** Pages that are about one thing, whatever stands behind the `?` of their address. */
export type PlainPage =
  | 'start'
  | 'login'
  | 'signup'
  | 'bookmarks'
  | 'search'
  | 'near'
  | 'notifications'
  | 'lists'
  | 'moments'
  | 'requests'

export type SettingsSection = 'profile' | 'privacy' | 'apps' | 'promotions' | 'data'
export type ListTab = 'tweets' | 'members'

/** What a profile shows; as it stands in the address, where it is not the first. */
export const profileTabs = [
  'tweets',
  'replies',
  'media',
  'favorites',
  'lists',
  'moments',
  'followers',
  'following',
] as const
export type ProfileTab = (typeof profileTabs)[number]

const plain: Readonly<Record<string, Route>> = {
  '/': { page: 'start' },
  '/login': { page: 'login' },
  '/signup': { page: 'signup' },
  '/bookmarks': { page: 'bookmarks' },
  '/search': { page: 'search' },
  '/near': { page: 'near' },
  '/notifications': { page: 'notifications' },
  '/lists': { page: 'lists' },
  '/moments': { page: 'moments' },
  '/follow-requests': { page: 'requests' },
  '/settings': { page: 'settings', section: 'profile' },
  '/settings/privacy': { page: 'settings', section: 'privacy' },
  '/settings/apps': { page: 'settings', section: 'apps' },
  '/settings/promotions': { page: 'settings', section: 'promotions' },
  '/settings/data': { page: 'settings', section: 'data' },
}

const id = '([1-9][0-9]{0,15})'
/** Only for addresses that are not among the plain ones. */
const patterns: readonly (readonly [RegExp, (parts: readonly string[]) => Route | undefined])[] = [
  [/^\/@([A-Za-z0-9_]{1,15})(?:\/([a-z]+))?$/, ([handle = '', tab]) => profileRoute(handle, tab)],
  [new RegExp(`^/@[A-Za-z0-9_]{1,15}/${id}$`), ([tweetId = '']) => ({ page: 'tweet', tweetId })],
  // The address of a tweet for whoever knows its id and not its author.
  [new RegExp(`^/tweets/${id}$`), ([tweetId = '']) => ({ page: 'tweet', tweetId })],
  [/^\/tags\/([^/]{1,1000})$/, ([tag = '']) => tagRoute(tag)],
  [new RegExp(`^/lists/${id}$`), ([listId = '']) => ({ page: 'list', listId, tab: 'tweets' })],
  [
    new RegExp(`^/lists/${id}/members$`),
    ([listId = '']) => ({ page: 'list', listId, tab: 'members' }),
  ],
  [new RegExp(`^/moments/${id}$`), ([momentId = '']) => ({ page: 'moment', momentId })],
]

/** @returns undefined where no page has this address */
export function routeOf(path: string): Route | undefined {
  if (Object.hasOwn(plain, path)) return plain[path]
  for (const [pattern, route] of patterns) {
    const match = pattern.exec(path)
    if (match !== null) return route(match.slice(1))
  }
  return undefined
}

function profileRoute(handle: string, given: string | undefined): Route | undefined {
  if (given === 'tweets') return undefined
  const tab = profileTabs.find((one) => one === (given ?? 'tweets'))
  return tab === undefined ? undefined : { page: 'profile', handle, tab }
}

function tagRoute(encoded: string): Route | undefined {
  try {
    return { page: 'tag', tag: decodeURIComponent(encoded) }
  } catch {
    // Percent signs that stand for nothing: nobody has made such a link of ours.
    return undefined
  }
}

export function profilePath(handle: string, tab: ProfileTab = 'tweets'): string {
  return tab === 'tweets' ? `/@${handle}` : `/@${handle}/${tab}`
}

export function tweetPath(handle: string, tweetId: number): string {
  return `/@${handle}/${tweetId}`
}

export function tagPath(tag: string): string {
  return `/tags/${encodeURIComponent(tag)}`
}

export function listPath(listId: number, tab: ListTab = 'tweets'): string {
  return tab === 'tweets' ? `/lists/${listId}` : `/lists/${listId}/members`
}

export function momentPath(momentId: number): string {
  return `/moments/${momentId}`
}

/** What is searched for, and of which kind the results are. */
export type Search = { readonly query: string; readonly kind: SearchKind }
export const searchKinds = ['latest', 'top', 'people'] as const
export type SearchKind = (typeof searchKinds)[number]

export function searchPath({ query, kind }: Search): string {
  const params = new URLSearchParams({ q: query, ...(kind === 'latest' ? {} : { kind }) })
  return `/search?${params}`
}

/** @param text what stands behind the `?` of the address */
export function searchOf(text: string): Search {
  const params = new URLSearchParams(text)
  const kind = searchKinds.find((one) => one === params.get('kind')) ?? 'latest'
  return { query: (params.get('q') ?? '').trim(), kind }
}
