/** The worker: importing it starts it. It has nothing to export. */
export {};
