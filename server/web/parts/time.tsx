// When something was: near times as people say them, far ones as a date.

import type { JSX } from 'preact'
import { Cell } from '../store/cell.ts'
import { useCell } from './use-client.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** One clock for all times on the page. */
const now = new Cell(Date.now())
setInterval(() => now.set(Date.now()), minuteMs / 2)

const sameYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' })
const otherYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short' })
const monthAndYear = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' })

export function TimeAgo(props: { readonly at: number }): JSX.Element {
  const nowMs = useCell(now)
  const iso = new Date(props.at).toISOString()
  return (
    <time dateTime={iso} title={exact.format(props.at)}>
      {ago(props.at, nowMs)}
    </time>
  )
}

export function ExactTime(props: { readonly at: number }): JSX.Element {
  return <time dateTime={new Date(props.at).toISOString()}>{exact.format(props.at)}</time>
}

export function monthOf(timeMs: number): string {
  return monthAndYear.format(timeMs)
}

function ago(timeMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - timeMs)
  if (ageMs < minuteMs) return 'now'
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min`
  if (ageMs < dayMs) return `${Math.floor(ageMs / hourMs)} h`
  const isThisYear = new Date(timeMs).getFullYear() === new Date(nowMs).getFullYear()
  return (isThisYear ? sameYear : otherYear).format(timeMs)
}
