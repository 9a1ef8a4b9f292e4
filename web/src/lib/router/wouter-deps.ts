// What wouter asks of React, from Preact. Its own file reaches React by a computed name, which would keep
// the whole compatibility layer in the first load. The build puts this one in its place.
import { createContext, createElement, cloneElement, Fragment, isValidElement } from 'preact';
import type { ComponentChildren, Ref } from 'preact';
import { useSyncExternalStore } from '../store';
import { useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

export {
  cloneElement,
  createContext,
  createElement,
  Fragment,
  isValidElement,
  useContext,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
};

export const useIsomorphicLayoutEffect = useLayoutEffect;
export const useInsertionEffect = useLayoutEffect;

/** A function that keeps its identity and always runs the latest version. */
export function useEvent<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  const latest = useRef(fn);
  const stable = useRef((...args: A) => latest.current(...args));
  useLayoutEffect(() => {
    latest.current = fn;
  });
  return stable.current;
}

/** Preact 11 hands `ref` to function components like any other prop. */
export function forwardRef<P extends { ref?: Ref<unknown> }>(
  view: (props: P, ref: Ref<unknown> | undefined) => ComponentChildren,
): (props: P) => ComponentChildren {
  return (props) => view(props, props.ref);
}
