// Part of the bundled programs: lets a module that most starts do not need wait for its first use.
"use strict"

/**
 * Something that stands for what `load` gives, and loads it when it is touched first. It can be called, constructed and asked for
 * properties; `typeof` it is always a function.
 *
 * @template T
 * @param {() => T} load
 * @returns {T}
 */
exports.deferred = (load) => {
  let loaded
  const real = () => {
    loaded ??= load()
    return loaded
  }
  // A bound function can be constructed, as an arrow function cannot, and has no prototype of its own that the traps would have to show.
  return new Proxy(Object.bind(undefined), {
    get: (_, key) => real()[key],
    has: (_, key) => key in real(),
    ownKeys: () => Reflect.ownKeys(real()),
    getOwnPropertyDescriptor: (_, key) => {
      const own = Reflect.getOwnPropertyDescriptor(real(), key)
      return own && { ...own, configurable: true }
    },
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args) => Reflect.construct(real(), args),
  })
}
