// Where the reader is: the address, and the way between pages without loading the document again.
//
// Links are ordinary links, so they can be opened in a new tab, copied and read aloud; a click on one of
// ours is taken here. The place on a page is kept in the history entry, for the way back.

import { Cell } from './store/cell.ts'

/** The path of the page that is shown, with what stands behind its `?`. */
export const here: Cell<string> = new Cell(location.pathname + location.search)

let hasMoved = false

/** Whether the reader has come here from another page of this document. */
export function hasNavigated(): boolean {
  return hasMoved
}

let hasReturned = false

/** Whether the reader has come here by the browser's back or forward: to a page that they have left. */
export function hasComeBack(): boolean {
  return hasReturned
}

/** Names the page that is shown anew, such as by the address that it should have. */
export function rename(path: string): void {
  if (path !== location.pathname + location.search) history.replaceState(history.state, '', path)
}

/**
 * Where on a page the reader was: the tweet at the top of the window, since the heights of tweets that
 * nobody has scrolled to yet are guesses.
 */
type Place = { readonly top: number; readonly tweetId?: string; readonly tweetTop?: number }
type Entry = { readonly place?: Place }

let placeToRestore: Place | undefined

/** Goes to the place where the page was left; to its top where it is new. */
export function arrive(): void {
  const place = placeToRestore
  placeToRestore = undefined
  scrollTo({ top: place?.top ?? 0 })
  if (place?.tweetId === undefined) return
  align(place)
  // Once more when what came into view has its real height.
  requestAnimationFrame(() => requestAnimationFrame(() => align(place)))
}

function align({ tweetId, tweetTop = 0 }: Place): void {
  const tweet = document.querySelector(`article[data-tweet="${tweetId}"]`)
  if (tweet !== null) scrollBy({ top: tweet.getBoundingClientRect().top - tweetTop })
}

export function go(path: string): void {
  if (path === location.pathname + location.search) {
    scrollTo({ top: 0 })
    return
  }
  hasMoved = true
  hasReturned = false
  keepPlace()
  history.pushState({}, '', path)
  placeToRestore = undefined
  here.set(path)
}

function keepPlace(): void {
  const tweets = document.querySelectorAll<HTMLElement>('article.tweet')
  const first = [...tweets].find((tweet) => tweet.getBoundingClientRect().bottom > 0)
  const tweetId = first?.dataset['tweet']
  const at = tweetId === undefined ? {} : { tweetId, tweetTop: first?.getBoundingClientRect().top }
  history.replaceState({ place: { top: scrollY, ...at } }, '')
}

/** Takes clicks on links of ours, and the browser's own back and forward. */
export function followLinks(): void {
  history.scrollRestoration = 'manual'
  addEventListener('popstate', ({ state }) => {
    hasMoved = true
    hasReturned = true
    placeToRestore = (state as Entry | null)?.place
    here.set(location.pathname + location.search)
  })
  document.addEventListener('click', (event) => {
    const path = pathOfClick(event)
    if (path === undefined) return
    event.preventDefault()
    go(path)
  })
}

function pathOfClick(event: MouseEvent): string | undefined {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
  if (!isPlain || event.altKey || event.defaultPrevented) return undefined
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.target !== '' || link.origin !== location.origin) return undefined
  if (link.hasAttribute('data-leaves') || link.hash !== '') return undefined
  return link.pathname + link.search
}
