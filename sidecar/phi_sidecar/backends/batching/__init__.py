"""For runtimes that compute tokens of several sequences at once, and say where keys and values lie.

What was read is kept to the token; drafts of several tokens are confirmed in one step; suggestions
go before chats. Nothing in here knows a runtime.
"""
