// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace monster {

// From now on, what batches of events live in goes back to the kernel when it is freed, wherever it lay: after a
// burst it would else stay, held by some small and long-lived entry above it.
void give_batches_back();

// Gives back what many small entries left when they went: whole pages between those that stay.
void give_free_pages_back();

} // namespace monster
