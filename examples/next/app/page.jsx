'use client';

import { useEffect } from 'react';
import { start } from '../app.js';

/** Rendered on the server too: the package may be imported there, and starts its workers only in the browser. */
export default function Page() {
    useEffect(() => {
        start();
    }, []);
    return (
        <main>
            <input type="file" accept="image/*" />
            <output />
        </main>
    );
}
