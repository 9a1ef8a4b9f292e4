// What wouter asks of React, from Preact. Its own file reaches React by a computed name, which would keep
// the whole compatibility layer in the first load. The build puts this one in its place.
import { createContext, createElement, cloneElement, Fragment, isValidElement } from 'preact';
import { forwardRef, useSyncExternalStore } from 'preact/compat';
import { useContext, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

export {
  cloneElement,
  createContext,
  createElement,
  forwardRef,
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
