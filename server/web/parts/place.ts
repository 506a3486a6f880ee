// Where the reader is: asked of the browser, which asks them. Only ever after a press.

import { placeTimeoutMs } from '../wire/limits.ts'

export type Point = { readonly latitude: number; readonly longitude: number }

/** About 100 metres: a neighbourhood, not a door. */
const decimals = 3

const problems: Readonly<Record<number, string>> = {
  1: 'You have not allowed this page to know where you are.',
  2: 'Your browser cannot tell where you are.',
  3: 'Your browser did not find out in time.',
}

/** @returns the place, rounded, or why there is none */
export function askPlace(): Promise<{ readonly point: Point } | { readonly problem: string }> {
  if (!('geolocation' in navigator)) {
    return Promise.resolve({ problem: 'Your browser cannot tell where you are.' })
  }
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ point: rounded(coords) }),
      ({ code }) => resolve({ problem: problems[code] ?? 'Where you are is not known.' }),
      { timeout: placeTimeoutMs, maximumAge: placeTimeoutMs },
    )
  })
}

function rounded({ latitude, longitude }: Point): Point {
  return {
    latitude: Number(latitude.toFixed(decimals)),
    longitude: Number(longitude.toFixed(decimals)),
  }
}
