// What is opened is closed, whatever happens in between: `await using` for a Node that has not got it.

/** Runs `work` with a resource, and disposes of it afterwards. */
export async function closing<R extends AsyncDisposable, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource)
  } finally {
    await resource[Symbol.asyncDispose]()
  }
}
