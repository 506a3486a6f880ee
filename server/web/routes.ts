// The addresses of the pages: the server asks which exist and what they are about, the client shows them.

/** What a page is about, by its address. */
export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'login' }
  | { readonly page: 'signup' }
  | { readonly page: 'bookmarks' }
  | { readonly page: 'settings' }
  | { readonly page: 'profile'; readonly handle: string; readonly tab: ProfileTab }
  | { readonly page: 'tweet'; readonly handle: string; readonly tweetId: string }

export type ProfileTab = 'tweets' | 'followers' | 'following'

const plain: Readonly<Record<string, Route>> = {
  '/': { page: 'start' },
  '/login': { page: 'login' },
  '/signup': { page: 'signup' },
  '/bookmarks': { page: 'bookmarks' },
  '/settings': { page: 'settings' },
}

const profilePattern = /^\/@([A-Za-z0-9_]{1,15})(?:\/(followers|following))?$/
const tweetPattern = /^\/@([A-Za-z0-9_]{1,15})\/([1-9][0-9]{0,15})$/

/** @returns undefined where no page has this address */
export function routeOf(path: string): Route | undefined {
  if (Object.hasOwn(plain, path)) return plain[path]
  const tweet = tweetPattern.exec(path)
  if (tweet !== null) {
    return { page: 'tweet', handle: tweet[1] as string, tweetId: tweet[2] as string }
  }
  const profile = profilePattern.exec(path)
  if (profile === null) return undefined
  const tab = (profile[2] ?? 'tweets') as ProfileTab
  return { page: 'profile', handle: profile[1] as string, tab }
}

export function profilePath(handle: string, tab: ProfileTab = 'tweets'): string {
  return tab === 'tweets' ? `/@${handle}` : `/@${handle}/${tab}`
}

export function tweetPath(handle: string, tweetId: number): string {
  return `/@${handle}/${tweetId}`
}
