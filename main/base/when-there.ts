/**
 * Goes on with a value: in this turn where it is there, and when it has come where it is promised. A promise for what is there
 * already takes as long as much of what lies between two of them.
 */
export function whenThere<T, R>(value: T | Promise<T>, goOn: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
