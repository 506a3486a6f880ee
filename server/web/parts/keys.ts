// Single letters that do something: to the next tweet and back, write, favorite. They can be switched off.

import { go } from '../navigation.ts'
import { hasKeys } from '../preferences.ts'
import { compose, composing } from './compose-state.ts'

export const keyMeanings: readonly (readonly [key: string, meaning: string])[] = [
  ['J', 'next tweet'],
  ['K', 'previous tweet'],
  ['N', 'write a tweet'],
  ['F', 'favorite'],
  ['R', 'reply'],
  ['T', 'retweet'],
  ['B', 'bookmark'],
  ['.', 'show new tweets'],
  ['/', 'search'],
]

const buttonOfKey: Readonly<Record<string, string>> = {
  f: '.action-star',
  r: '.action-reply',
  t: '.action-retweet',
  b: '.action-bookmark',
}

export function listenToKeys(options: { readonly canWrite: boolean }): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (!hasKeys.value || event.ctrlKey || event.metaKey || event.altKey) return
    if (composing.value !== undefined || isTyping(event.target)) return
    const key = event.key.toLowerCase()
    if (key === 'j') focusTweet(1)
    else if (key === 'k') focusTweet(-1)
    else if (key === 'n' && options.canWrite) compose({ kind: 'new' })
    else if (key === '/') search()
    else if (key === '.') document.querySelector<HTMLElement>('.new-tweets')?.click()
    else if (buttonOfKey[key] !== undefined) pressOnFocused(buttonOfKey[key])
    else return
    event.preventDefault()
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

function search(): void {
  const field = document.querySelector<HTMLElement>('.search-box input')
  if (field === null) go('/search')
  else field.focus()
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}

function focusTweet(step: 1 | -1): void {
  const tweets = [...document.querySelectorAll<HTMLElement>('article.tweet')]
  const focused = document.activeElement?.closest<HTMLElement>('article.tweet')
  const at = focused === null || focused === undefined ? -1 : tweets.indexOf(focused)
  const next = tweets[at === -1 ? 0 : at + step]
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
}

function pressOnFocused(selector: string): void {
  document.activeElement?.closest('article.tweet')?.querySelector<HTMLElement>(selector)?.click()
}
