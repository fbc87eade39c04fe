/** Of package.json, put in by Vite. */
declare const PLENUM_VERSION: string;
