// What somebody sees who comes for the first time.

import type { JSX } from 'preact'
import { Rook } from '../parts/icons.tsx'
import { useTitle } from '../parts/page-head.tsx'

export function WelcomePage(): JSX.Element {
  useTitle(undefined)
  return (
    <section class="welcome">
      <Rook size={112} />
      <h1 tabIndex={-1}>A place to call out.</h1>
      <p class="welcome-words">
        Rookery is a colony of short messages: follow people, and what they say is with you the
        moment they say it. In the order in which it was said, with nothing in between.
      </p>
      <p class="welcome-ways">
        <a class="button button-main button-large" href="/signup">
          Make an account
        </a>
        <a class="button button-large" href="/login">
          Log in
        </a>
      </p>
    </section>
  )
}
