// Style sheets are imported for Vite, which bundles them; they export nothing.
declare module '*.css' {}
