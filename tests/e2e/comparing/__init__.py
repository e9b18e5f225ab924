# SPDX-License-Identifier: Apache-2.0
"""Compares the agent's events with what really happened."""
